import type { Clock } from '@/lib/server/concurrency/clock';

/**
 * The time by which stored data counts as old: never later than the wall clock, and later than what is stored only by
 * time that has verifiably passed. Deleting by it deletes nothing that a right clock would keep.
 */
export interface RetentionClock {
  /** Unix ms. */
  now(): number;
  /** Starts from stored times, Unix ms in any order. Without any, the wall clock is trusted. */
  startFrom(times: Iterable<number>): void;
}

/** The wall clock has jumped when it moved by more than this against the time that has passed. */
const jumpMs = 3_600_000;
/** A clock that jumped is trusted once it has advanced evenly for so long. */
const steadyMs = 24 * 3_600_000;

/**
 * After a jump, time goes on from before it. A start compares the wall clock with the data: a machine that was off for
 * months prunes by its new time a day later, and a clock that is wrong for minutes deletes nothing.
 */
export function openRetentionClock(clock: Clock): RetentionClock {
  /** Wall clock minus elapsed time: at the last jump, and when it was last trusted. */
  let anchor = clock.wallMs() - clock.bootMs();
  let trusted = anchor;
  let steadySince = Number.NEGATIVE_INFINITY;

  return {
    startFrom(times) {
      const elapsed = clock.bootMs();
      const wall = clock.wallMs();
      const stored = reliableEnd(times) ?? wall;
      anchor = wall - elapsed;
      trusted = stored - elapsed;
      steadySince = Math.abs(wall - stored) <= jumpMs ? Number.NEGATIVE_INFINITY : elapsed;
    },
    now() {
      const elapsed = clock.bootMs();
      const wall = clock.wallMs();
      const offset = wall - elapsed;
      if (Math.abs(offset - anchor) > jumpMs) {
        anchor = offset;
        steadySince = elapsed;
      }
      if (elapsed - steadySince >= steadyMs) trusted = offset;
      return Math.min(wall, trusted + elapsed);
    },
  };
}

/**
 * Until when stored times can be relied on; `null` where there are none. After a gap of more than an hour the clock may be
 * wrong: until a day of data follows, in which no gap is longer than a day, only the length of that data counts.
 */
function reliableEnd(times: Iterable<number>): number | null {
  const sorted = [...times].sort((one, other) => one - other);
  const [first] = sorted;
  if (first === undefined) return null;
  let trusted = first;
  let previous = first;
  /** Where the data begins that is not trusted yet, and the trusted time before it. */
  let untrusted: { readonly from: number; readonly before: number } | null = null;
  for (const t of sorted) {
    const gap = t - previous;
    if (gap > (untrusted ? steadyMs : jumpMs)) untrusted = { from: t, before: trusted };
    if (untrusted && t - untrusted.from >= steadyMs) untrusted = null;
    trusted = untrusted ? untrusted.before + (t - untrusted.from) : t;
    previous = t;
  }
  return trusted;
}
