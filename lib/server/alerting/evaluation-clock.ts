/**
 * How long a host was watched, in ms, by the timestamps of its samples alone. It never goes back: a clock that is set, a
 * stop and a suspended machine add next to nothing, since nothing was measured in between.
 */
export interface EvaluationClock {
  /** The newest timestamp, Unix ms; `null` before the first. */
  readonly lastT: number | null;
  readonly watchedMs: number;
  /** The usual time from one timestamp to the next. */
  readonly usualMs: number;
  /** Time left out in all, whether forwards or backwards. */
  readonly skippedMs: number;
}

export const newClock: EvaluationClock = { lastT: null, watchedMs: 0, usualMs: 0, skippedMs: 0 };

/** The longest interval that can be configured, and some lateness. */
const intervalMsMax = 90_000;
const toleratedMs = 2_000;

/** The clock after a sample of `t`. */
export function advanceClock(clock: EvaluationClock, t: number): EvaluationClock {
  const { lastT, watchedMs, usualMs, skippedMs } = clock;
  if (lastT === null) return { ...clock, lastT: t };
  const passed = t - lastT;
  // A sample that is a little late: this time has passed already.
  if (passed <= 0 && passed >= -toleratedMs) return clock;
  if (passed < 0) return { ...clock, lastT: t, skippedMs: skippedMs - passed };
  if (passed <= 3 * usualMs + toleratedMs) {
    return { lastT: t, watchedMs: watchedMs + passed, usualMs: Math.max(passed, usualMs * 0.9), skippedMs };
  }
  return {
    lastT: t,
    watchedMs: watchedMs + usualMs,
    // A longer interval may have been configured: the next timestamp shows.
    usualMs: passed <= intervalMsMax ? passed : usualMs,
    skippedMs: skippedMs + passed - usualMs,
  };
}
