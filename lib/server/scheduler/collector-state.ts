export interface CollectorStatus {
  /** The last successful call, with or without a payload: Unix ms. */
  readonly lastOkAt: number | null;
  readonly consecutiveFailures: number;
  /** Why it failed last; `null` when the latest call succeeded. */
  readonly lastError: string | null;
}

/** A call that hangs may hold a thread or a process, so retries become rare; a call that fails is retried at once. */
const pausePeriodsMax = 60;
/** A collector with a long period is not paused much longer: a network share that is back should be seen soon. */
const pauseMsMax = 300_000;

/**
 * Results of what is called every `periodMs`, and when the next call may begin. After 1, 2, 3 … timeouts in a row the
 * pause is 1, 2, 4 … periods.
 */
export class CollectorState {
  readonly #periodMs: number;
  readonly #pausePeriodsMax: number;
  #lastOkAt: number | null = null;
  #consecutiveFailures = 0;
  #consecutiveTimeouts = 0;
  #lastError: string | null = null;
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
    this.#pausePeriodsMax = Math.min(pausePeriodsMax, Math.max(1, Math.floor(pauseMsMax / periodMs)));
  }

  get status(): CollectorStatus {
    return {
      lastOkAt: this.#lastOkAt,
      consecutiveFailures: this.#consecutiveFailures,
      lastError: this.#lastError,
    };
  }

  /** Whether a call may begin at `nowMs` (monotonic). */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs;
  }

  /** `t` is Unix ms. */
  succeeded(t: number): void {
    this.#lastOkAt = t;
    this.#consecutiveFailures = 0;
    this.#consecutiveTimeouts = 0;
    this.#lastError = null;
  }

  failed(error: unknown): void {
    this.#consecutiveFailures += 1;
    this.#consecutiveTimeouts = 0;
    this.#lastError = error instanceof Error ? error.message : String(error);
  }

  /** The call that began at `beganMs` (monotonic) missed its deadline and is given up. */
  timedOut(beganMs: number, deadlineMs: number): void {
    const timeouts = this.#consecutiveTimeouts + 1;
    this.failed(new Error(`no answer within ${deadlineMs} ms`));
    this.#consecutiveTimeouts = timeouts;
    const pausePeriods = Math.min(this.#pausePeriodsMax, 2 ** (timeouts - 1));
    // Half a period early: the tick that ends the pause may be less late than the one that began the call.
    this.#dueAtMs = beganMs + (0.5 + pausePeriods) * this.#periodMs;
  }
}
