import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { EventLog } from '@/lib/server/event-log/event-log';

/** A cursor over the log that can take more events. */
export interface MonitoredCursor {
  /** The same object for as long as it is the same cursor. */
  readonly key: object;
  /** Its name in a report: `history`, or `streams` for each of many. */
  readonly name: string;
  /** `null` for a read without positions: with the same key it has not moved. */
  readonly seq: number | null;
}

export interface StallMonitorOptions {
  readonly log: Pick<EventLog, 'headSeq'>;
  /** The present cursors, except those that wait for their client or receiver. */
  readonly cursors: () => Iterable<MonitoredCursor>;
  /** Called once for each stall, with one line of text. */
  readonly onStall: (line: string) => void;
  /** A cursor behind the head that has not moved for this long is stalled. Default 10 s. */
  readonly limitMs?: number;
  /** Default 1 s. */
  readonly checkIntervalMs?: number;
  readonly clock?: Clock;
}

/** Detects cursors that could move on and do not. */
export interface StallMonitor {
  /** One line for each name with a stalled cursor; empty when all move. */
  readonly problems: readonly string[];
  stop(): void;
}

interface Observation {
  readonly seq: number | null;
  /** Monotonic: since when it has been at this position, behind the head. */
  readonly sinceMs: number;
}

interface Stall {
  readonly count: number;
  readonly seq: number | null;
}

export function openStallMonitor({ log, cursors, onStall, ...options }: StallMonitorOptions): StallMonitor {
  const { limitMs = 10_000, checkIntervalMs = 1_000, clock = systemClock } = options;
  let seen = new Map<object, Observation>();
  let stalled = new Map<string, Stall>();

  function check(): void {
    const present = clock.monotonicMs();
    const behind = new Map<object, Observation>();
    const found = new Map<string, Stall>();
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

  function lineOf(name: string, { count, seq }: Stall): string {
    const which = count > 1 ? `${name} (${count})` : name;
    const where = seq === null ? 'in one read' : `at position ${seq} of ${log.headSeq}`;
    return `no progress for ${Math.round(limitMs / 1000)} s: ${which} ${where}`;
  }

  const timer = setInterval(check, checkIntervalMs);
  timer.unref();

  return {
    get problems() {
      return [...stalled].map(([name, stall]) => lineOf(name, stall));
    },
    stop: () => clearInterval(timer),
  };
}
