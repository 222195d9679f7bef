import { isSampleType, tellsTime } from '@/lib/protocol/event-types';
import type { LoggedEvent } from './event-log';

export interface WindowOptions {
  /** The seq of the newest event before the first that is pushed. */
  readonly headSeq: number;
  /** Events that were appended longer ago than this are dropped; by arrival, since the host's clock may step. */
  readonly maxAgeMs: () => number;
  /** Beyond this many bytes of payload the oldest events are dropped, whatever their age. */
  readonly maxBytes: () => number;
  /** Whether an event is on disk. A durable event that is not survives here after it leaves the window. */
  readonly isSafe: (seq: number) => boolean;
  /** Milliseconds that never step back. */
  readonly monotonicNow: () => number;
}

/** The recent part of the log, in memory: bounded by time and by bytes. */
export interface Window {
  readonly headSeq: number;
  /** From this seq on every event is here; `headSeq + 1` while none is. */
  readonly tailSeq: number;
  /** Seqs must rise; a skip is a gap. */
  push(events: readonly LoggedEvent[]): void;
  /** At most `limit` events after `afterSeq`, oldest first, survivors among them. */
  read(afterSeq: number, limit: number): readonly LoggedEvent[];
  /** Durable events only, up to and with `toSeq`. */
  readDurable(afterSeq: number, toSeq: number, limit: number): readonly LoggedEvent[];
  /** At most `limit` of those before `beforeSeq` and after `afterSeq`, the newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): readonly LoggedEvent[];
  /** Durable events that have left the window and are not on disk, oldest first. */
  readonly survivors: readonly LoggedEvent[];
  /** Drops the survivors that are on disk by now. */
  releaseSurvivors(): void;
  /** The seq before the oldest sample that is `t` (Unix ms) or younger; `null` when even the oldest is. */
  seqBefore(t: number): number | null;
}

/** Ten thousand alerts on a broken disk: beyond that the newest matter more. */
const survivorsMax = 10_000;

/** A ring would save the compaction, but an array and an offset read better and cost 2 ns an event. */
export function openWindow({ maxAgeMs, maxBytes, isSafe, monotonicNow, ...options }: WindowOptions): Window {
  let kept: { readonly event: LoggedEvent; readonly cameAt: number }[] = [];
  let first = 0;
  let headSeq = options.headSeq;
  let bytes = 0;
  let survivors: LoggedEvent[] = [];

  function dropOldest(event: LoggedEvent): void {
    bytes -= event.json.length;
    first += 1;
    if (isSampleType(event.type) || isSafe(event.seq)) return;
    survivors.push(event);
    if (survivors.length > survivorsMax) survivors.shift();
  }

  function trim(): void {
    const horizon = monotonicNow() - maxAgeMs();
    for (let oldest = kept[first]; oldest; oldest = kept[first]) {
      if (oldest.cameAt >= horizon && bytes <= maxBytes()) break;
      dropOldest(oldest.event);
    }
    if (first > 1024 && first * 2 > kept.length) {
      kept = kept.slice(first);
      first = 0;
    }
  }

  /** The index of the first kept event after `seq`: a search, since gaps part seq from index. */
  function indexAfter(seq: number): number {
    let low = first;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((kept[middle]?.event.seq ?? Number.POSITIVE_INFINITY) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get headSeq() {
      return headSeq;
    },
    get tailSeq() {
      return kept[first]?.event.seq ?? headSeq + 1;
    },
    get survivors() {
      return survivors;
    },
    push(events) {
      const cameAt = monotonicNow();
      for (const event of events) {
        kept.push({ event, cameAt });
        bytes += event.json.length;
        headSeq = event.seq;
      }
      trim();
    },
    read(afterSeq, limit) {
      const from = indexAfter(afterSeq);
      const older = survivors.length > 0 ? survivors.filter(({ seq }) => seq > afterSeq).slice(0, limit) : [];
      const recent = kept.slice(from, from + limit - older.length).map(({ event }) => event);
      return older.length > 0 ? [...older, ...recent] : recent;
    },
    readDurable(afterSeq, toSeq, limit) {
      const found = survivors.filter(({ seq }) => seq > afterSeq && seq <= toSeq).slice(0, limit);
      for (let index = indexAfter(afterSeq); index < kept.length && found.length < limit; index += 1) {
        const event = kept[index]?.event;
        if (!event || event.seq > toSeq) break;
        if (!isSampleType(event.type)) found.push(event);
      }
      return found;
    },
    readDurableBefore(beforeSeq, afterSeq, limit) {
      const found: LoggedEvent[] = [];
      for (let index = indexAfter(beforeSeq - 1) - 1; index >= first && found.length < limit; index -= 1) {
        const event = kept[index]?.event;
        if (!event || event.seq <= afterSeq) break;
        if (!isSampleType(event.type)) found.push(event);
      }
      const older = survivors.filter(({ seq }) => seq > afterSeq && seq < beforeSeq).reverse();
      return [...found, ...older.slice(0, limit - found.length)];
    },
    releaseSurvivors() {
      survivors = survivors.filter(({ seq }) => !isSafe(seq));
    },
    seqBefore(t) {
      // Scanned from the young end: a clock step leaves `t` unsorted, and a window is asked for once a stream.
      for (let index = kept.length - 1; index >= first; index -= 1) {
        const event = kept[index]?.event;
        // Published events may have any time.
        if (event && event.t < t && tellsTime(event.type)) return event.seq;
      }
      return null;
    },
  };
}
