import type { GapCause, HistoryGap } from '@/lib/protocol/history';

export interface HostGap extends HistoryGap {
  readonly host: string;
}

/** When a host was measured: Unix ms. `first` is `null` where a database of old does not know. */
export interface MeasuredSpan {
  readonly host: string;
  readonly first: number | null;
  readonly last: number;
}

export interface GapDetectorOptions {
  readonly intervalMs: number;
  /** Why nothing was measured while this run of Hostbeat lasted. */
  readonly cause: (from: number, to: number) => GapCause;
  /** What lies between the last run and this one. */
  readonly between: (from: number, to: number, hint: GapCause) => readonly HistoryGap[];
}

/** Detects when a host's samples stop and resume. */
export interface GapDetector {
  /** Spans that an earlier run stored; it has recorded all gaps up to their end. */
  recall(seen: readonly MeasuredSpan[]): void;
  /**
   * A sample, in the log's order: Unix ms. `isOurs`: of this run. `hint` is what the log tells of the time since the
   * one before. Gives what was missing in between; after a clock that was set back, something may be there already.
   */
  sample(host: string, t: number, isOurs: boolean, hint: () => GapCause): readonly HostGap[];
  /** Whether the clock was set back behind `t` since it was there. */
  isBehind(host: string, t: number): boolean;
  /** A host was measured as early as this: Unix ms. */
  noteFirst(host: string, first: number): void;
  /** Gaps that are open at `now`. */
  missing(host: string, now: number): readonly HostGap[];
  seen(): readonly MeasuredSpan[];
}

interface HostState {
  first: number | null;
  /** Of the sample before, by the log's order. */
  last: number;
  /** The latest that there ever was: the clock may have been set back since. */
  newest: number;
  /** Earlier runs have recorded the gaps up to here. */
  readonly recordedTo: number;
  isOurs: boolean;
}

/** Within a run a gap begins when two samples in a row are missing; between runs the first one that is. */
const missedIntervals = 2.5;
const leastMs = 2_500;

/** Within a run, less than this without samples is no gap: ms. */
export const shortestGapMs = (intervalMs: number) => Math.max(leastMs, missedIntervals * intervalMs);

/** Samples of one tick and of lanes of their own may be in any order within this. */
const disorderMs = 5_000;

export function openGapDetector({ intervalMs, cause, between }: GapDetectorOptions): GapDetector {
  const states = new Map<string, HostState>();
  const inRunMs = shortestGapMs(intervalMs);
  const betweenRunsMs = 2 * intervalMs;

  function gaps(state: HostState, to: number, isOurs: boolean, hint: () => GapCause): readonly HistoryGap[] {
    const { last, newest, recordedTo } = state;
    const begins = isOurs && !state.isOurs;
    // A clock that was set back comes again to where it was: the gap goes on behind what was measured then.
    const starts = last < newest && newest < to ? [last, newest] : [last];
    return starts.flatMap((from, index) => {
      const end = starts[index + 1] ?? to;
      if (end - from < (begins ? betweenRunsMs : inRunMs)) return [];
      if (begins) return between(from, end, hint());
      if (isOurs) return [{ from, to: end, cause: cause(from, end) }];
      return from < recordedTo ? [] : [{ from, to: end, cause: hint() }];
    });
  }

  return {
    recall(seen) {
      for (const { host, first, last } of seen) {
        if (states.has(host)) continue;
        states.set(host, { first, last, newest: last, recordedTo: last, isOurs: false });
      }
    },
    sample(host, t, isOurs, hint) {
      const state = states.get(host);
      if (!state) {
        states.set(host, { first: t, last: t, newest: t, recordedTo: t, isOurs });
        return [];
      }
      // Not the first in the log's order: the clock may have been ahead then.
      if (state.first !== null) state.first = Math.min(state.first, t);
      // What an earlier run took in before it wrote how far it was.
      if (!isOurs && t <= state.recordedTo) return [];
      const found = gaps(state, t, isOurs, hint).map((gap) => ({ host, ...gap }));
      state.isOurs ||= isOurs;
      state.last = t < state.last - disorderMs ? t : Math.max(state.last, t);
      state.newest = Math.max(state.newest, t);
      return found;
    },
    isBehind: (host, t) => (states.get(host)?.last ?? Number.POSITIVE_INFINITY) < t - disorderMs,
    noteFirst(host, first) {
      const state = states.get(host);
      if (state?.first != null) state.first = Math.min(state.first, first);
    },
    missing(host, now) {
      const state = states.get(host);
      if (!state) return [];
      return gaps(state, now, true, () => 'unknown').map((gap) => ({ host, ...gap }));
    },
    seen: () => [...states].map(([host, { first, last }]) => ({ host, first, last })),
  };
}
