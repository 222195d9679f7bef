/** Tasks that run or wait, averaged over 1, 5 and 15 minutes. */
export interface LoadAverage {
  readonly load1: number | null;
  readonly load5: number | null;
  readonly load15: number | null;
}

/** Reads `/proc/loadavg`: `0.20 0.18 0.12 1/80 11206`, man proc(5). What is not there is `null`. */
export function parseLoadAverage(text: string): LoadAverage {
  // What no blank follows was cut off.
  const [load1, load5, load15] = text.split(' ', 4).slice(0, -1);
  return { load1: toNumber(load1), load5: toNumber(load5), load15: toNumber(load15) };
}

/** Below the largest number of threads that a kernel can have. */
const toNumber = (digits: string | undefined) =>
  digits !== undefined && /^\d{1,8}\.\d\d$/.test(digits) ? Number(digits) : null;
