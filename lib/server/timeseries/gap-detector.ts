import type { GapCause, HistoryGap } from '@/lib/protocol/history';

export interface HostGap extends HistoryGap {
  readonly host: string;
}

/** From when to when a host was measured: Unix ms. `first` is `null` where an older database does not have it. */
export interface MeasuredSpan {
  readonly host: string;
  readonly first: number | null;
  readonly last: number;
}

export interface GapDetectorOptions {
  readonly intervalMs: number;
  /** Why nothing was measured while this run of Hostbeat lasted. */
  readonly cause: (from: number, to: number) => GapCause;
  /** The gaps between the last run and this one. */
  readonly between: (from: number, to: number, hint: GapCause) => readonly HistoryGap[];
}

interface HostState {
  first: number | null;
  /** Time of the sample before, in the log's order. */
  last: number;
  /** The latest time of any sample: the clock may have been set back since. */
  newest: number;
  /** Earlier runs have recorded the gaps up to here. */
  readonly recordedTo: number;
  /** Whether this run has had a sample of it. */
  isOfThisRun: boolean;
}

/** Within a run, two missing samples in a row are a gap; between runs, one is. */
const missedIntervals = 2.5;
const gapMsMin = 2_500;

/** Within a run, less than this without samples is no gap: ms. */
export const shortestGapMs = (intervalMs: number) => Math.max(gapMsMin, missedIntervals * intervalMs);

/** Samples of one collection cycle and of other schedules may be out of order by this. */
const disorderMs = 5_000;

/** Detects when a host's samples stop and resume. */
export class GapDetector {
  readonly #options: GapDetectorOptions;
  readonly #states = new Map<string, HostState>();
  readonly #inRunMs: number;
  readonly #betweenRunsMs: number;

  constructor(options: GapDetectorOptions) {
    this.#options = options;
    this.#inRunMs = shortestGapMs(options.intervalMs);
    this.#betweenRunsMs = 2 * options.intervalMs;
  }

  /** Spans that an earlier run stored; it has recorded all gaps up to their end. */
  addStored(spans: readonly MeasuredSpan[]): void {
    for (const { host, first, last } of spans) {
      if (this.#states.has(host)) continue;
      this.#states.set(host, { first, last, newest: last, recordedTo: last, isOfThisRun: false });
    }
  }

  /**
   * Takes a sample, in the log's order, and returns the gaps before it. `t` is Unix ms; `hint` is the cause that the log
   * suggests. After the clock was set back, samples may repeat times that were measured before.
   */
  sample(host: string, t: number, isOfThisRun: boolean, hint: () => GapCause): readonly HostGap[] {
    const state = this.#states.get(host);
    if (!state) {
      this.#states.set(host, { first: t, last: t, newest: t, recordedTo: t, isOfThisRun });
      return [];
    }
    // The earliest time, not the first sample: the clock may have been ahead at first.
    if (state.first !== null) state.first = Math.min(state.first, t);
    // An earlier run has counted this sample: it stopped before it stored its newest position.
    if (!isOfThisRun && t <= state.recordedTo) return [];
    const found = this.#gaps(state, t, isOfThisRun, hint).map((gap) => ({ host, ...gap }));
    state.isOfThisRun ||= isOfThisRun;
    state.last = t < state.last - disorderMs ? t : Math.max(state.last, t);
    state.newest = Math.max(state.newest, t);
    return found;
  }

  /** Whether the clock was set back to before `t` after samples at `t`. */
  isBehind(host: string, t: number): boolean {
    return (this.#states.get(host)?.last ?? Number.POSITIVE_INFINITY) < t - disorderMs;
  }

  /** A host was measured as early as `first`: Unix ms. */
  noteFirst(host: string, first: number): void {
    const state = this.#states.get(host);
    if (state?.first != null) state.first = Math.min(state.first, first);
  }

  /** Gaps that are open at `now`: Unix ms. */
  openGaps(host: string, now: number): readonly HostGap[] {
    const state = this.#states.get(host);
    if (!state) return [];
    return this.#gaps(state, now, true, () => 'unknown').map((gap) => ({ host, ...gap }));
  }

  spans(): readonly MeasuredSpan[] {
    return [...this.#states].map(([host, { first, last }]) => ({ host, first, last }));
  }

  #gaps(state: HostState, to: number, isOfThisRun: boolean, hint: () => GapCause): readonly HistoryGap[] {
    const { cause, between } = this.#options;
    const { last, newest, recordedTo } = state;
    const beginsRun = isOfThisRun && !state.isOfThisRun;
    // A clock that was set back reaches again where it was: the gap continues after what was measured then.
    const starts = last < newest && newest < to ? [last, newest] : [last];
    return starts.flatMap((from, index) => {
      const end = starts[index + 1] ?? to;
      if (end - from < (beginsRun ? this.#betweenRunsMs : this.#inRunMs)) return [];
      if (beginsRun) return between(from, end, hint());
      if (isOfThisRun) return [{ from, to: end, cause: cause(from, end) }];
      return from < recordedTo ? [] : [{ from, to: end, cause: hint() }];
    });
  }
}
