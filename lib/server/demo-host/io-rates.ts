/** What passes through the machine's devices, in bytes per second. */
export interface Flows {
  nvmeRead: number;
  nvmeWrite: number;
  sdaRead: number;
  sdaWrite: number;
  sdbRead: number;
  sdbWrite: number;
  networkIn: number;
  networkOut: number;
}

/** Flows from megabytes per second; what is left out is still. */
export function flowsOf(megabytesPerSecond: Partial<Flows>): Flows {
  const flows = stillFlows();
  addFlows(flows, { ...stillFlows(), ...megabytesPerSecond }, 1_000_000);
  return flows;
}

export function stillFlows(): Flows {
  return {
    nvmeRead: 0,
    nvmeWrite: 0,
    sdaRead: 0,
    sdaWrite: 0,
    sdbRead: 0,
    sdbWrite: 0,
    networkIn: 0,
    networkOut: 0,
  };
}

/** Adds `level` times `more` to `sum`, in place: this runs a few hundred times a sample. */
export function addFlows(sum: Flows, more: Readonly<Flows>, level: number): void {
  sum.nvmeRead += more.nvmeRead * level;
  sum.nvmeWrite += more.nvmeWrite * level;
  sum.sdaRead += more.sdaRead * level;
  sum.sdaWrite += more.sdaWrite * level;
  sum.sdbRead += more.sdbRead * level;
  sum.sdbWrite += more.sdbWrite * level;
  sum.networkIn += more.networkIn * level;
  sum.networkOut += more.networkOut * level;
}

export const readsOf = ({ nvmeRead, sdaRead, sdbRead }: Flows) => nvmeRead + sdaRead + sdbRead;
export const writesOf = ({ nvmeWrite, sdaWrite, sdbWrite }: Flows) => nvmeWrite + sdaWrite + sdbWrite;
