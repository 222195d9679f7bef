/** How something that is asked again and again has fared. */
export interface Fared {
  /** When it last answered, also with nothing to tell: Unix ms. */
  readonly lastOkAt: number | null;
  readonly consecutiveFailures: number;
  /** Why it failed last; `null` when the latest answer was good. */
  readonly lastError: string | null;
}

export interface TrackRecord {
  /** Whether it may be asked at this moment, in ms of the monotonic clock. */
  isDue(nowMs: number): boolean;
  answered(t: number): void;
  failed(error: unknown): void;
  /** It missed its deadline: the call that began then is given up, and the next ones wait. */
  hung(beganMs: number, deadlineMs: number): void;
  fared(): Fared;
}

/** Each call that hangs may hold a thread or a process, so these become rare; one that fails is asked again at once. */
const pausePeriodsMax = 60;
/** What is asked rarely needs no further rest: a share of files that came back should not stay dark for hours. */
const pauseMsMax = 300_000;

/** The record of what is due every `periodMs`. After 1, 2, 3 … hangs it pauses for 1, 2, 4 … periods. */
export function openTrackRecord(periodMs: number): TrackRecord {
  const longestPause = Math.min(pausePeriodsMax, Math.max(1, Math.floor(pauseMsMax / periodMs)));
  let lastOkAt: number | null = null;
  let consecutiveFailures = 0;
  let consecutiveHangs = 0;
  let lastError: string | null = null;
  let dueAtMs = Number.NEGATIVE_INFINITY;

  function failed(error: unknown): void {
    consecutiveFailures += 1;
    consecutiveHangs = 0;
    lastError = error instanceof Error ? error.message : String(error);
  }

  return {
    failed,
    isDue: (nowMs) => nowMs >= dueAtMs,
    answered(t) {
      lastOkAt = t;
      consecutiveFailures = 0;
      consecutiveHangs = 0;
      lastError = null;
    },
    hung(beganMs, deadlineMs) {
      const hangs = consecutiveHangs + 1;
      failed(new Error(`no answer within ${deadlineMs} ms`));
      consecutiveHangs = hangs;
      // Half a period early, since the tick that it waits for may be less late than the one that it hung in.
      dueAtMs = beganMs + (0.5 + Math.min(longestPause, 2 ** (hangs - 1))) * periodMs;
    },
    fared: () => ({ lastOkAt, consecutiveFailures, lastError }),
  };
}
