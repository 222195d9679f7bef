/** Tasks that run or wait, averaged over 1, 5 and 15 minutes. */
export interface LoadAverage {
  readonly load1: number | null;
  readonly load5: number | null;
  readonly load15: number | null;
}

/** Reads `/proc/loadavg`: `0.20 0.18 0.12 1/80 11206`, man proc(5). What is not there is `null`. */
export function parseLoadAverage(text: string): LoadAverage {
  const [, load1, load5, load15] = /^(\d+\.\d\d) (?:(\d+\.\d\d) (?:(\d+\.\d\d) )?)?/.exec(text) ?? [];
  return { load1: toNumber(load1), load5: toNumber(load5), load15: toNumber(load15) };
}

const toNumber = (digits: string | undefined) => (digits === undefined ? null : Number(digits));
