const baseMs = 5_000;
const capMs = 3_600_000;
const waitMsMin = 1_000;
/** This long after the first attempt, a message becomes a dead letter. */
const giveUpAfterMs = 24 * 3_600_000;
/** In case the clock steps back. */
const attemptsMax = 200;

/**
 * How long to wait after so many failed attempts: uniform between nothing and twice as much each time, an hour at
 * most ("full jitter"), so that retries do not all come at once when a receiver is back. Its `Retry-After`
 * is the least. `null`: 24 hours after the first attempt, give up. About 55 attempts in all.
 */
export function nextWaitMs(failed: {
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly now: number;
  readonly retryAfterMs: number;
  readonly random: () => number;
}): number | null {
  const { attempts, firstAttemptAt, now, retryAfterMs, random } = failed;
  const most = Math.min(capMs, baseMs * 2 ** Math.min(attempts - 1, 30));
  const wait = Math.max(waitMsMin, retryAfterMs, Math.round(random() * most));
  if (attempts >= attemptsMax) return null;
  return now + wait - firstAttemptAt > giveUpAfterMs ? null : wait;
}
