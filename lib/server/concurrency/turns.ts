/**
 * The time that long work may take of one turn of the event loop: reading the past for streams, questions about
 * history, searches, previews. What does not fit waits for a later turn, first come first served, so that everything
 * else goes on.
 */
export interface Turns {
  /** Whether this turn has time left. Whoever is told no, calls `later` or `next`. */
  hasTime(): boolean;
  /** Calls `work` in one of the next turns, while that has time. */
  later(work: () => void): void;
  /** Resolves in a later turn that nothing else of the queue has begun: the work that follows is not synchronous. */
  next(): Promise<void>;
  /** What waits for its turn. */
  readonly waiting: number;
}

export interface TurnsOptions {
  /** Milliseconds of work per turn. Default 5; a unit of work that has begun is finished. */
  readonly budgetMs?: number;
  readonly monotonicNow?: () => number;
  /** Calls back in the next turn of the event loop in which there is nothing more urgent to do. */
  readonly schedule?: (run: () => void) => void;
  /** Whether this turn has something more urgent to do. Default never. */
  readonly isTaken?: () => boolean;
}

interface Waiting {
  readonly work: () => void;
  readonly isAlone: boolean;
}

const defaultBudgetMs = 5;

export function openTurns(options: TurnsOptions = {}): Turns {
  const { budgetMs = defaultBudgetMs, monotonicNow = () => performance.now() } = options;
  const schedule = options.schedule ?? ((run: () => void) => setImmediate(run));
  const isTaken = options.isTaken ?? (() => false);
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
      if (isTaken()) return false;
      startedAtMs = monotonicNow();
      ensureRun();
    }
    return monotonicNow() - startedAtMs < budgetMs;
  }

  function run(): void {
    isScheduled = false;
    const due = queue;
    queue = [];
    startedAtMs = due.length > 0 ? monotonicNow() : null;
    let done = 0;
    // What is asked for from within waits behind all that waits already.
    for (const { work, isAlone } of due) {
      if (done > 0 && (isAlone || !hasTime())) break;
      done += 1;
      work();
      if (isAlone) break;
    }
    if (done < due.length) queue = [...due.slice(done), ...queue];
    // Also when nothing waits any more: the next turn has its time anew.
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
 * Called between small parts of a long piece of work: resolves at once while the turn's time lasts, otherwise in a later
 * turn of the event loop. Rejects once nobody waits for the work any more.
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
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
