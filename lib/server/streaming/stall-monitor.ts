import type { EventLog } from '@/lib/server/event-log/event-log';

/** A cursor over the log that has room for what comes next. */
export interface WatchedCursor {
  /** The same object for as long as it is the same cursor. */
  readonly key: object;
  /** What it is, in words: `history`, or `streams` for each of many. */
  readonly name: string;
  /** `null` for one that reads what has no positions: with the same key it has not moved. */
  readonly seq: number | null;
}

export interface StallWatchOptions {
  readonly log: Pick<EventLog, 'headSeq'>;
  /** All cursors of now. One that waits for its client or its receiver is not among them. */
  readonly cursors: () => Iterable<WatchedCursor>;
  /** Told once of each stall, in one line. */
  readonly onStall: (line: string) => void;
  /** A cursor behind the head that has not moved for so long is stalled. Default 10 s. */
  readonly limitMs?: number;
  /** They are looked at this often. Default 1 s. */
  readonly lookMs?: number;
  readonly monotonicNow?: () => number;
}

/** Whether every cursor that can go on does. */
export interface StallWatch {
  /** One line for each name of which a cursor is stalled; empty when all move. */
  readonly problems: readonly string[];
  stop(): void;
}

interface Seen {
  readonly seq: number | null;
  /** Monotonic: since when it has been here, behind the head. */
  readonly sinceMs: number;
}

interface Stalled {
  readonly count: number;
  readonly seq: number | null;
}

export function openStallWatch({ log, cursors, onStall, ...options }: StallWatchOptions): StallWatch {
  const { limitMs = 10_000, lookMs = 1_000, monotonicNow = () => performance.now() } = options;
  let seen = new Map<object, Seen>();
  let stalled = new Map<string, Stalled>();

  function look(): void {
    const present = monotonicNow();
    const behind = new Map<object, Seen>();
    const found = new Map<string, Stalled>();
    for (const { key, name, seq } of cursors()) {
      if (seq !== null && seq >= log.headSeq) continue;
      const before = seen.get(key);
      const now = before?.seq === seq ? before : { seq, sinceMs: present };
      behind.set(key, now);
      if (present - now.sinceMs < limitMs) continue;
      const { count = 0, seq: lowest = seq } = found.get(name) ?? {};
      found.set(name, {
        count: count + 1,
        seq: seq === null || lowest === null ? null : Math.min(lowest, seq),
      });
    }
    const known = stalled;
    seen = behind;
    stalled = found;
    for (const [name, stall] of found) if (!known.has(name)) onStall(lineOf(name, stall));
  }

  function lineOf(name: string, { count, seq }: Stalled): string {
    const which = count > 1 ? `${name} (${count})` : name;
    const where = seq === null ? 'in one read' : `at position ${seq} of ${log.headSeq}`;
    return `no progress for ${Math.round(limitMs / 1000)} s: ${which} ${where}`;
  }

  const timer = setInterval(look, lookMs);
  timer.unref();

  return {
    get problems() {
      return [...stalled].map(([name, stall]) => lineOf(name, stall));
    },
    stop: () => clearInterval(timer),
  };
}
