/** Counters of one device, all rising since the same moment. */
export type Counters<Name extends string> = Readonly<Record<Name, number>>;

/**
 * How far each counter rose between two looks. `null` as a whole without an earlier look, and when any ran
 * backwards: then it wrapped, or another device has taken the name, and no difference is a figure.
 */
export function risesBetween<Name extends string>(
  before: Counters<Name> | undefined,
  after: Counters<Name>,
): Counters<Name> | null {
  if (!before) return null;
  const rises: Partial<Record<Name, number>> = {};
  for (const name in after) {
    const rise = after[name] - before[name];
    if (rise < 0) return null;
    rises[name] = rise;
  }
  return rises as Record<Name, number>;
}

/** `null` without a rise, and without time in which to rise. */
export function perSecond(rise: number | undefined, elapsedMs: number): number | null {
  return rise === undefined || !(elapsedMs > 0) ? null : toHundredths((rise / elapsedMs) * 1000);
}

/** Past two digits a rate is noise, and would double the size of an event. */
export const toHundredths = (value: number) => Math.round(value * 100) / 100;
