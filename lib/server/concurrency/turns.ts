import { type Clock, systemClock } from './clock';

/**
 * A budget of time in each turn of the event loop for long work: reads of old events, history queries, searches,
 * previews. Work beyond it waits for a later turn, first come first served, so that nothing else is blocked.
 */
export interface Turns {
  /** Whether this turn has time left. If not, call `later` or `next`. */
  hasTime(): boolean;
  /** Calls `work` in the next turn that has time for it. */
  later(work: () => void): void;
  /** Resolves at the start of a later turn, whose budget is then unused: for asynchronous work. */
  next(): Promise<void>;
  /** Queued pieces of work. */
  readonly waiting: number;
}

export interface TurnsOptions {
  /** Milliseconds of work per turn. Default 5; a piece of work that has begun is finished. */
  readonly budgetMs?: number;
  readonly clock?: Clock;
  /** Calls back in the next turn of the event loop without more urgent work. */
  readonly schedule?: (run: () => void) => void;
  /** Whether this turn has more urgent work. Default never. */
  readonly isBusy?: () => boolean;
}

interface Waiting {
  readonly work: () => void;
  readonly isAlone: boolean;
}

const defaultBudgetMs = 5;

export function openTurns(options: TurnsOptions = {}): Turns {
  const { budgetMs = defaultBudgetMs, clock = systemClock } = options;
  const schedule = options.schedule ?? ((run: () => void) => setImmediate(run));
  const isBusy = options.isBusy ?? (() => false);
  let queue: Waiting[] = [];
  let startedAtMs: number | null = null;
  let isScheduled = false;

  function ensureRun(): void {
    if (isScheduled) return;
    isScheduled = true;
    schedule(run);
  }

  function hasTime(): boolean {
    if (startedAtMs === null) {
      if (isBusy()) return false;
      startedAtMs = clock.monotonicMs();
      ensureRun();
    }
    return clock.monotonicMs() - startedAtMs < budgetMs;
  }

  function run(): void {
    isScheduled = false;
    const due = queue;
    queue = [];
    startedAtMs = due.length > 0 ? clock.monotonicMs() : null;
    let done = 0;
    // Work that is queued meanwhile comes after all work that was queued before.
    for (const { work, isAlone } of due) {
      if (done > 0 && (isAlone || !hasTime())) break;
      done += 1;
      work();
      if (isAlone) break;
    }
    if (done < due.length) queue = [...due.slice(done), ...queue];
    // Even if the queue is empty: the next turn starts with a full budget.
    if (startedAtMs !== null) ensureRun();
  }

  function wait(work: () => void, isAlone: boolean): void {
    queue.push({ work, isAlone });
    ensureRun();
  }

  return {
    hasTime,
    later: (work) => wait(work, false),
    next: () => new Promise((resolve) => wait(resolve, true)),
    get waiting() {
      return queue.length;
    },
  };
}

/**
 * Called between small parts of long work: resolves at once while the turn has time, otherwise in a later turn of the
 * event loop. Rejects once the work has been abandoned.
 */
export type Pause = () => Promise<void>;

/** A pause that never rejects. */
export function pauseOf(turns: Turns): Pause {
  return async () => {
    if (!turns.hasTime()) await turns.next();
  };
}

/** Long work that may be interrupted wherever it yields. */
export type Work<T> = Generator<void, T>;

/** Does the work with a pause wherever it yields. */
export async function inTurns<T>(work: Work<T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** Does the work without any pause. */
export function runToEnd<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
