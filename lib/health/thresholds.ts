import type { Severity } from './finding';

/** A finding or an alert begins at the first figure and ends at the second, so that one near a limit does not come and go. */
export type Threshold = readonly [from: number, until: number];

export interface Thresholds {
  readonly warning: Threshold;
  readonly critical?: Threshold;
  /** Of the default rule, where it differs: alerts need the figure for minutes, the health summary for seconds. */
  readonly alert?: Threshold;
}

/** Percent of time. */
export const cpuUsed = { warning: [90, 80], critical: [98, 92], alert: [95, 85] } as const;
export const iowait = { warning: [20, 12], critical: [50, 35] } as const;
export const steal = { warning: [10, 6], critical: [30, 20] } as const;
export const loadPerCore = { warning: [2, 1.5], critical: [5, 4] } as const;
export const memoryUsed = { warning: [90, 86], critical: [96, 93], alert: [95, 90] } as const;
export const swapUsed = { warning: [80, 70], alert: [90, 80] } as const;

/** Percent of time in which some tasks wait, or all do, as the kernel averages it over 10 s. */
export const pressure = {
  cpu: { some: { warning: [50, 35], critical: [95, 85], alert: [80, 60] } },
  memory: { some: { warning: [20, 10] }, full: { warning: [5, 2], critical: [20, 10] } },
  io: { some: { warning: [40, 25] }, full: { warning: [20, 10], critical: [60, 40] } },
} as const;

/** Percent of space or of inodes. */
export const filesystemUsed = { warning: [90, 88], critical: [97, 95] } as const;
/** Hours until a file system is full. */
export const filesystemFullIn = { alert: [4, 8] } as const;

/** The mean time of a request, ms. Reads and writes are summarised together, and alerted of apart. */
export const diskAwaitMs = { warning: [200, 120], critical: [1000, 600] } as const;
export const diskReadAwaitMs = { alert: [500, 250] } as const;
export const diskWriteAwaitMs = { alert: [1000, 500] } as const;
export const diskUtilPercent = { warning: [97, 90] } as const;

/** Errors per second. */
export const networkErrors = { warning: [1, 0.2], alert: [1, 0.1] } as const;
/** Percent of all packets. */
export const networkDrops = { warning: [1, 0.3] } as const;

/** Little is bad. */
export const batteryPercent = { warning: [15, 20], critical: [5, 8] } as const;
/** Percent of its memory limit. */
export const containerUsed = { warning: [92, 88] } as const;

/** How bad a figure is, given how bad it was. `null`: not at all, or not known. */
export function severityAt(
  figure: number | null,
  { warning, critical }: Thresholds,
  before?: Severity,
): Exclude<Severity, 'info'> | null {
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
