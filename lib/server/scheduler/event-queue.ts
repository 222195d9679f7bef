import type { NewEvent } from '@/lib/server/event-log/event-log';

export interface OccurrenceQueue {
  add(events: readonly NewEvent[]): void;
  /** Publishes what waits, unless that is under way. Never rejects. */
  flush(): Promise<void>;
}

/** While the log is down what happened waits, and the oldest goes past this many. */
const waitingMax = 1_000;

/**
 * What happened is told once by whoever saw it, so it waits here until the log has acknowledged it.
 * `append` says whether it has, and never rejects.
 */
export function openOccurrenceQueue(
  append: (events: readonly NewEvent[]) => Promise<boolean>,
): OccurrenceQueue {
  let waiting: NewEvent[] = [];
  let flushing: Promise<void> | null = null;

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      if (await append(batch)) continue;
      waiting = [...batch, ...waiting].slice(-waitingMax);
      return;
    }
  }

  return {
    add(events) {
      waiting = [...waiting, ...events].slice(-waitingMax);
    },
    flush() {
      flushing ??= send().finally(() => {
        flushing = null;
      });
      return flushing;
    },
  };
}
