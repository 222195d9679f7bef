import type { EventLog, LoggedEvent, NewEvent } from '@/lib/events/event-log';

export interface WindowOptions {
  /** Names the log in event ids: lower-case letters and digits. */
  readonly id: string;
  /** Events older than this go. Unix ms are compared, so a clock step back keeps them a little longer. */
  readonly maxAgeMs: number;
  /** The oldest events go past this many bytes of payload, whatever their age. */
  readonly maxBytes: number;
  readonly now?: () => number;
}

/**
 * The log in memory: the recent part of what happened, bounded by time and by bytes.
 * A ring would save the compaction, but an array and an offset read better and cost 2 ns an event.
 */
export function openWindow(options: WindowOptions): EventLog {
  const now = options.now ?? Date.now;
  const listeners = new Set<() => void>();
  let kept: LoggedEvent[] = [];
  let first = 0;
  let headSeq = 0;
  let bytes = 0;

  function dropOldest(): void {
    const oldest = kept[first];
    if (!oldest) return;
    bytes -= oldest.json.length;
    first += 1;
  }

  function trim(): void {
    const horizon = now() - options.maxAgeMs;
    for (let oldest = kept[first]; oldest; oldest = kept[first]) {
      if (oldest.t >= horizon && bytes <= options.maxBytes) break;
      dropOldest();
    }
    if (first > 1024 && first * 2 > kept.length) {
      kept = kept.slice(first);
      first = 0;
    }
  }

  const tailSeq = () => kept[first]?.seq ?? headSeq + 1;

  return {
    id: options.id,
    get headSeq() {
      return headSeq;
    },
    get tailSeq() {
      return tailSeq();
    },
    async append(events: readonly NewEvent[]) {
      const logged = events.map((event, index) => ({ ...event, seq: headSeq + index + 1 }));
      for (const event of logged) {
        kept.push(event);
        bytes += event.json.length;
      }
      headSeq += logged.length;
      trim();
      for (const listener of listeners) listener();
      return logged;
    },
    read(afterSeq, limit) {
      const from = first + Math.max(0, afterSeq + 1 - tailSeq());
      return kept.slice(from, from + limit);
    },
    seqBefore(t) {
      // Scanned from the young end: a clock step leaves `t` unsorted, and a window is asked for once a stream.
      let seq = headSeq;
      for (let index = kept.length - 1; index >= first; index -= 1) {
        const event = kept[index];
        if (!event || event.t < t) break;
        seq = event.seq - 1;
      }
      return seq;
    },
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
