/** Counters of one device, all rising since the same time; `null` for one without a figure. */
export type Counters<Name extends string> = Readonly<Record<Name, number | null>>;

/**
 * How far each counter rose between two samples. `null` for one that ran backwards or has no figure in either: it
 * wrapped, or its driver is wrong, and the others still count. `null` as a whole without an earlier sample, and when
 * most ran backwards: then another device has taken the name, or all were reset.
 */
export function risesBetween<Name extends string>(
  before: Counters<Name> | undefined,
  after: Counters<Name>,
): Counters<Name> | null {
  if (!before) return null;
  const rises: Partial<Record<Name, number | null>> = {};
  let counted = 0;
  let fallen = 0;
  for (const name in after) {
    const [earlier, later] = [before[name], after[name]];
    if (earlier) counted += 1;
    if (earlier !== null && later !== null && later < earlier) fallen += 1;
    rises[name] = riseBetween(earlier, later);
  }
  return fallen * 2 > counted ? null : (rises as Record<Name, number | null>);
}

/** How far one counter rose; `null` when it ran backwards, or either figure is missing. */
export function riseBetween(
  before: number | null | undefined,
  after: number | null | undefined,
): number | null {
  return before == null || after == null || after < before ? null : after - before;
}

/** A figure above this is a negative number in 64 bits: no counter comes so far. */
const negativeFrom = 2 ** 64 - 2 ** 40;

/** A counter of 64 bits in decimal digits; `null` for anything else, and for a negative number. */
export function counterOf(digits: string | undefined): number | null {
  if (digits === undefined || !/^\d{1,20}$/.test(digits)) return null;
  const figure = Number(digits);
  return figure < negativeFrom ? figure : null;
}

/** No device transfers this much a second, in bytes or packets: such a rise is a counter that was set. */
const perSecondMax = 1e13;

/** `null` without a rise, without time in which to rise, and for a rise that no device can have made. */
export function perSecond(rise: number | null | undefined, elapsedMs: number): number | null {
  if (rise == null || !(elapsedMs > 0)) return null;
  const rate = (rise / elapsedMs) * 1000;
  return rate <= perSecondMax ? toHundredths(rate) : null;
}

/** Past two digits a rate is noise, and would double the size of an event. */
export const toHundredths = (value: number) => Math.round(value * 100) / 100;

/** Of one core: what all CPUs of the largest machine that Linux runs on can have used together. */
export const cpuPercentMax = 8_192 * 100;
