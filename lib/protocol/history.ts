/** Why nothing was measured for a time. */
export const gapCauses = [
  /** Hostbeat was stopped, and was started again later. */
  'server-stopped',
  /** It ended without a stop: killed, crashed, out of memory. */
  'server-crashed',
  /** The machine was off, or was started anew. */
  'host-off',
  /** The machine was suspended. */
  'host-asleep',
  /** The clock was set forward: this time never was. */
  'clock-set',
  /** Hostbeat ran but did not get to measure: an overloaded machine, or a process that was halted. */
  'server-stalled',
  /** The cycle ran, and no collector answered. */
  'reading-failed',
  /** Before anything that is kept. */
  'not-kept',
  /** It was measured and kept, and what the disk gives of it cannot be read any more. */
  'unreadable',
  'unknown',
] as const;

export type GapCause = (typeof gapCauses)[number];

/** A time in which nothing was measured, from the last sample to the next: Unix ms, `to` is not part of it. */
export interface HistoryGap {
  readonly from: number;
  readonly to: number;
  readonly cause: GapCause;
}

/** One run of the machine. */
export interface Boot {
  /** The kernel's own name for it; `null` where there is none. */
  readonly id: string | null;
  /** When it began: Unix ms, by the clock of the host. */
  readonly at: number;
}

/** Which steps of a host are asked for. */
export interface StepsQuery {
  readonly host: string;
  /** Unix ms. A step is in it when all of it is. */
  readonly from: number;
  readonly to: number;
  readonly wants: (metric: string) => boolean;
  /** At most so many steps. */
  readonly stepsMax: number;
}

/** The finest steps that are kept of a time, one after the other. */
export interface HistorySteps {
  readonly stepMs: number;
  /** When the first one begins: Unix ms. */
  readonly from: number;
  /** The range before this is complete: the next query begins here. */
  readonly to: number;
  /** By metric, the average of each step; NaN where nothing was measured. */
  readonly averages: ReadonlyMap<string, Float64Array>;
}
