import { uptime } from 'node:os';

export interface RetentionClockOptions {
  /** Unix ms by the wall clock, which may be set by years either way. */
  readonly now: () => number;
  /** Ms since any fixed moment, time in which the machine was suspended included. Default: since it started. */
  readonly elapsedMs?: (() => number) | undefined;
}

/**
 * The time by which stored data counts as old: never later than the wall clock, and later than what is stored only by
 * time that has verifiably passed. Deleting by it deletes nothing that a right clock would keep.
 */
export interface RetentionClock {
  /** Unix ms. */
  now(): number;
  /** Starts from the times of what is stored, Unix ms in any order. Without any, the wall clock is believed. */
  startFrom(times: Iterable<number>): void;
}

/** The wall clock has jumped when it moved by more than this against the time that has passed. */
const jumpMs = 3_600_000;
/** A clock that jumped is believed once it has gone evenly for so long. */
const steadyMs = 24 * 3_600_000;

/**
 * After a jump, time goes on from before it. A start compares the wall clock with the data: a machine that was off for
 * months prunes by its new time a day later, and a clock that is wrong for minutes deletes nothing.
 */
export function openRetentionClock({
  now,
  elapsedMs = () => uptime() * 1_000,
}: RetentionClockOptions): RetentionClock {
  /** Wall clock minus elapsed time: as it was when it jumped last, and as it was when it was last believed. */
  let anchor = now() - elapsedMs();
  let believed = anchor;
  let steadySince = Number.NEGATIVE_INFINITY;

  return {
    startFrom(times) {
      const elapsed = elapsedMs();
      const wall = now();
      const stored = reliableEnd(times) ?? wall;
      anchor = wall - elapsed;
      believed = stored - elapsed;
      steadySince = Math.abs(wall - stored) <= jumpMs ? Number.NEGATIVE_INFINITY : elapsed;
    },
    now() {
      const elapsed = elapsedMs();
      const wall = now();
      const offset = wall - elapsed;
      if (Math.abs(offset - anchor) > jumpMs) {
        anchor = offset;
        steadySince = elapsed;
      }
      if (elapsed - steadySince >= steadyMs) believed = offset;
      return Math.min(wall, believed + elapsed);
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
  let believed = first;
  let previous = first;
  /** Where the data begins that is not believed yet, and what was believed before it. */
  let doubted: { readonly from: number; readonly before: number } | null = null;
  for (const t of sorted) {
    const gap = t - previous;
    if (gap > (doubted ? steadyMs : jumpMs)) doubted = { from: t, before: believed };
    if (doubted && t - doubted.from >= steadyMs) doubted = null;
    believed = doubted ? doubted.before + (t - doubted.from) : t;
    previous = t;
  }
  return believed;
}
