import { type PoolSlots, poolSlots } from './thread-pool';

/** Tasks that may take long, a few at a time and in their order. */
export interface SlowQueue {
  /** Adds a task, which never rejects; `false` when too many wait already, and it will not run. */
  add(task: () => Promise<void>): boolean;
  /** Resolves when all tasks that were added are through. */
  idle(): Promise<void>;
}

/** What waits behind tasks that hang is asked for again later anyway. */
const waitingMax = 1024;

/** A task that never ends keeps a thread of Node's pool: with two at a time, and few in all, others still have theirs. */
export function openSlowQueue(runningMax = 2, slots: PoolSlots = poolSlots): SlowQueue {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let listeners: (() => void)[] = [];

  async function work(): Promise<void> {
    running += 1;
    while (waiting.length > 0) {
      if (!slots.tryTake()) await slots.take();
      await waiting.shift()?.();
      slots.free();
    }
    running -= 1;
    if (running > 0) return;
    for (const notify of listeners) notify();
    listeners = [];
  }

  return {
    add(task) {
      if (waiting.length >= waitingMax) return false;
      waiting.push(task);
      if (running < runningMax) void work();
      return true;
    },
    idle: () =>
      new Promise((resolve) => {
        if (running === 0) resolve();
        else listeners.push(resolve);
      }),
  };
}
