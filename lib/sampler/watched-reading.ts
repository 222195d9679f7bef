import type { LoggedType } from '@/lib/events/event-types';

/** What the sampler asks of a reading. `null`: nothing to tell this time. */
export interface SampledReading {
  readonly type: LoggedType;
  read(signal: AbortSignal): Promise<object | null>;
}

export interface ReadingStatus {
  readonly type: LoggedType;
  /** When it last answered, also with `null`: Unix ms of that round. */
  readonly lastOkAt: number | null;
  readonly consecutiveFailures: number;
  /** Why it failed last; `null` when the latest answer was good. */
  readonly lastError: string | null;
}

/** A reading, and how it has fared. */
export interface WatchedReading {
  readonly reading: SampledReading;
  isDue(tick: number): boolean;
  answered(t: number): void;
  failed(error: unknown): void;
  /** It missed its deadline: the call of that tick is given up, and the next one waits. */
  hung(tick: number, deadlineMs: number): void;
  status(): ReadingStatus;
}

/** Each call that hangs may hold a thread or a process, so these become rare; one that fails is asked again at once. */
const pauseTicksMax = 60;

export function watchReading(reading: SampledReading): WatchedReading {
  let lastOkAt: number | null = null;
  let consecutiveFailures = 0;
  let consecutiveHangs = 0;
  let lastError: string | null = null;
  let dueAtTick = 0;

  function failed(error: unknown): void {
    consecutiveFailures += 1;
    consecutiveHangs = 0;
    lastError = error instanceof Error ? error.message : String(error);
  }

  return {
    reading,
    failed,
    isDue: (tick) => tick >= dueAtTick,
    answered(t) {
      lastOkAt = t;
      consecutiveFailures = 0;
      consecutiveHangs = 0;
      lastError = null;
    },
    hung(tick, deadlineMs) {
      const hangs = consecutiveHangs + 1;
      failed(new Error(`no answer within ${deadlineMs} ms`));
      consecutiveHangs = hangs;
      dueAtTick = tick + 1 + Math.min(pauseTicksMax, 2 ** (hangs - 1));
    },
    status: () => ({ type: reading.type, lastOkAt, consecutiveFailures, lastError }),
  };
}
