import type { Severity } from './finding';

/** A finding begins at the first figure and ends below the second, so that one near a limit does not come and go. */
export type Threshold = readonly [from: number, until: number];

export interface Thresholds {
  readonly warning: Threshold;
  readonly critical?: Threshold;
}

/** Percent of space or of inodes. The default rules have the same figures; a test compares them. */
export const filesystemUsed = { warning: [90, 88], critical: [97, 95] } as const satisfies Thresholds;
/** Percent of time in which all tasks wait for memory, or for I/O; compared in the same way. */
export const memoryFullPressure = { warning: [5, 2], critical: [20, 10] } as const satisfies Thresholds;
export const ioFullPressure = { warning: [20, 10], critical: [60, 40] } as const satisfies Thresholds;

/** How bad a figure is, given how bad it was. `null`: not at all, or not known. */
export function severityAt(
  figure: number | null,
  { warning, critical }: Thresholds,
  before: Severity | undefined,
): Severity | null {
  if (figure === null) return null;
  if (critical && figure >= critical[before === 'critical' ? 1 : 0]) return 'critical';
  return figure >= warning[before === undefined ? 0 : 1] ? 'warning' : null;
}

/** The same where little is bad. */
export function severityBelow(
  figure: number | null,
  { warning, critical }: Thresholds,
  before: Severity | undefined,
): Severity | null {
  const mirrored = ([from, until]: Threshold): Threshold => [-from, -until];
  return severityAt(
    figure === null ? null : -figure,
    { warning: mirrored(warning), ...(critical ? { critical: mirrored(critical) } : {}) },
    before,
  );
}

const severities: readonly Severity[] = ['info', 'warning', 'critical'];

export function worseOf<T extends Severity | null>(one: T, other: T): T {
  const rank = (severity: Severity | null) => (severity === null ? -1 : severities.indexOf(severity));
  return rank(one) >= rank(other) ? one : other;
}

/** 0 for what is worst. */
export const rankOf = (severity: Severity) => severities.length - 1 - severities.indexOf(severity);
