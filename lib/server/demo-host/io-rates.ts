/** I/O of the machine by device, in bytes per second. */
export interface IoRates {
  nvmeRead: number;
  nvmeWrite: number;
  sdaRead: number;
  sdaWrite: number;
  sdbRead: number;
  sdbWrite: number;
  networkIn: number;
  networkOut: number;
}

/** Rates from megabytes per second; 0 for what is left out. */
export function ioRatesOf(megabytesPerSecond: Partial<IoRates>): IoRates {
  const rates = noIo();
  addIoRates(rates, { ...noIo(), ...megabytesPerSecond }, 1_000_000);
  return rates;
}

export function noIo(): IoRates {
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
export function addIoRates(sum: IoRates, more: Readonly<IoRates>, level: number): void {
  sum.nvmeRead += more.nvmeRead * level;
  sum.nvmeWrite += more.nvmeWrite * level;
  sum.sdaRead += more.sdaRead * level;
  sum.sdaWrite += more.sdaWrite * level;
  sum.sdbRead += more.sdbRead * level;
  sum.sdbWrite += more.sdbWrite * level;
  sum.networkIn += more.networkIn * level;
  sum.networkOut += more.networkOut * level;
}

export const readsOf = ({ nvmeRead, sdaRead, sdbRead }: IoRates) => nvmeRead + sdaRead + sdbRead;
export const writesOf = ({ nvmeWrite, sdaWrite, sdbWrite }: IoRates) => nvmeWrite + sdaWrite + sdbWrite;
