import type { GapCause, HistoryGap } from '@/lib/events/history';

export interface Outage extends HistoryGap {
  readonly host: string;
}

/** When a host was measured: Unix ms. `first` is `null` where a database of old does not know. */
export interface Seen {
  readonly host: string;
  readonly first: number | null;
  readonly last: number;
}

export interface PresenceOptions {
  readonly intervalMs: number;
  /** Why nothing was measured while this run of Hostbeat lasted. */
  readonly cause: (from: number, to: number) => GapCause;
  /** What lies between the last run and this one. */
  readonly between: (from: number, to: number, hint: GapCause) => readonly HistoryGap[];
}

/** Notices when a host's samples stop and go on. */
export interface Presence {
  /** What an earlier run knew; up to there, it has told what there was to tell. */
  recall(seen: readonly Seen[]): void;
  /**
   * A sample, in the log's order: Unix ms. `isOurs`: of this run. `hint` is what the log tells of the time since the
   * one before. Gives what was missing in between.
   */
  sample(host: string, t: number, isOurs: boolean, hint: () => GapCause): readonly Outage[];
  /** What is missing at this moment. */
  missing(host: string, now: number): readonly Outage[];
  seen(): readonly Seen[];
}

interface Standing {
  first: number | null;
  /** Of the sample before, by the log's order. */
  last: number;
  /** The latest that there ever was: the clock may have been set back since. */
  newest: number;
  /** Earlier runs have told what was missing up to here. */
  readonly toldTo: number;
  isOurs: boolean;
}

/** Within a run a gap begins when two samples in a row are missing; between runs the first one that is. */
const missedIntervals = 2.5;
const leastMs = 2_500;
/** Samples of one tick and of lanes of their own may be in any order within this. */
const disorderMs = 5_000;

export function openPresence({ intervalMs, cause, between }: PresenceOptions): Presence {
  const standings = new Map<string, Standing>();
  const inRunMs = Math.max(leastMs, missedIntervals * intervalMs);
  const betweenRunsMs = 2 * intervalMs;

  function gaps(
    standing: Standing,
    to: number,
    isOurs: boolean,
    hint: () => GapCause,
  ): readonly HistoryGap[] {
    // After a clock that was set back and forth again, what it had been before is there.
    const from = standing.newest < to ? Math.max(standing.last, standing.newest) : standing.last;
    const begins = isOurs && !standing.isOurs;
    if (to - from < (begins ? betweenRunsMs : inRunMs)) return [];
    if (begins) return between(from, to, hint());
    if (isOurs) return [{ from, to, cause: cause(from, to) }];
    return from < standing.toldTo ? [] : [{ from, to, cause: hint() }];
  }

  return {
    recall(seen) {
      for (const { host, first, last } of seen) {
        if (standings.has(host)) continue;
        standings.set(host, { first, last, newest: last, toldTo: last, isOurs: false });
      }
    },
    sample(host, t, isOurs, hint) {
      const standing = standings.get(host);
      if (!standing) {
        standings.set(host, { first: t, last: t, newest: t, toldTo: t, isOurs });
        return [];
      }
      // What an earlier run took in before it wrote how far it was.
      if (!isOurs && t <= standing.toldTo) return [];
      const found = gaps(standing, t, isOurs, hint).map((gap) => ({ host, ...gap }));
      standing.isOurs ||= isOurs;
      standing.last = t < standing.last - disorderMs ? t : Math.max(standing.last, t);
      standing.newest = Math.max(standing.newest, t);
      return found;
    },
    missing(host, now) {
      const standing = standings.get(host);
      if (!standing) return [];
      return gaps(standing, now, true, () => 'unknown').map((gap) => ({ host, ...gap }));
    },
    seen: () => [...standings].map(([host, { first, last }]) => ({ host, first, last })),
  };
}
