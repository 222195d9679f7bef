import { carriesTime, isSampleType } from '@/lib/protocol/event-types';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { LoggedEvent } from './event-log';

export interface WindowOptions {
  /** The seq of the newest event before the first that is pushed. */
  readonly headSeq: number;
  /** Events that were appended longer ago than this are dropped; by arrival, since the host's clock may step. */
  readonly maxAgeMs: () => number;
  /** Beyond this many bytes of payload the oldest events are dropped, whatever their age. */
  readonly maxBytes: () => number;
  /** A durable event that is not on disk is kept as unwritten when it leaves the window. */
  readonly isOnDisk: (seq: number) => boolean;
  /** Milliseconds that never step back. */
  readonly clock: Clock;
}

/** Beyond so many on a broken disk the oldest unwritten events are dropped. */
const unwrittenMax = 10_000;

/**
 * The recent part of the log, in memory: bounded by time and by bytes. A ring would save the compaction, but an array
 * and an offset read better and cost 2 ns an event.
 */
export class MemoryWindow {
  readonly #options: WindowOptions;
  #kept: { readonly event: LoggedEvent; readonly cameAt: number }[] = [];
  /** The index of the oldest event in `#kept`. */
  #first = 0;
  #headSeq: number;
  #bytes = 0;
  #unwritten: LoggedEvent[] = [];

  constructor(options: WindowOptions) {
    this.#options = options;
    this.#headSeq = options.headSeq;
  }

  get headSeq(): number {
    return this.#headSeq;
  }

  /** From this seq on every event is here; `headSeq + 1` while none is. */
  get tailSeq(): number {
    return this.#kept[this.#first]?.event.seq ?? this.#headSeq + 1;
  }

  /** Durable events that have left the window and are not on disk, oldest first. */
  get unwritten(): readonly LoggedEvent[] {
    return this.#unwritten;
  }

  /** Seqs must rise; a skip is a gap. */
  push(events: readonly LoggedEvent[]): void {
    const cameAt = this.#options.clock.monotonicMs();
    for (const event of events) {
      this.#kept.push({ event, cameAt });
      this.#bytes += event.json.length;
      this.#headSeq = event.seq;
    }
    this.#trim();
  }

  /** At most `limit` events after `afterSeq`, oldest first, unwritten ones included. */
  read(afterSeq: number, limit: number): readonly LoggedEvent[] {
    const from = this.#indexAfter(afterSeq);
    const unwritten = this.#unwritten;
    const older = unwritten.length > 0 ? unwritten.filter(({ seq }) => seq > afterSeq).slice(0, limit) : [];
    const recent = this.#kept.slice(from, from + limit - older.length).map(({ event }) => event);
    return older.length > 0 ? [...older, ...recent] : recent;
  }

  /** Durable events only, up to and with `toSeq`. */
  readDurable(afterSeq: number, toSeq: number, limit: number): readonly LoggedEvent[] {
    const kept = this.#kept;
    const found = this.#unwritten.filter(({ seq }) => seq > afterSeq && seq <= toSeq).slice(0, limit);
    for (let index = this.#indexAfter(afterSeq); index < kept.length && found.length < limit; index += 1) {
      const event = kept[index]?.event;
      if (!event || event.seq > toSeq) break;
      if (!isSampleType(event.type)) found.push(event);
    }
    return found;
  }

  /** At most `limit` of those before `beforeSeq` and after `afterSeq`, the newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): readonly LoggedEvent[] {
    const found: LoggedEvent[] = [];
    const newest = this.#indexAfter(beforeSeq - 1) - 1;
    for (let index = newest; index >= this.#first && found.length < limit; index -= 1) {
      const event = this.#kept[index]?.event;
      if (!event || event.seq <= afterSeq) break;
      if (!isSampleType(event.type)) found.push(event);
    }
    const older = this.#unwritten.filter(({ seq }) => seq > afterSeq && seq < beforeSeq).reverse();
    return [...found, ...older.slice(0, limit - found.length)];
  }

  /** Drops the unwritten events that are on disk by now. */
  dropWritten(): void {
    if (this.#unwritten.length > 0)
      this.#unwritten = this.#unwritten.filter(({ seq }) => !this.#options.isOnDisk(seq));
  }

  /** The seq before the oldest sample that is `t` (Unix ms) or younger; `null` when even the oldest is. */
  seqBefore(t: number): number | null {
    // Scanned from the newest: clock steps leave `t` unsorted, and this is called once a stream.
    for (let index = this.#kept.length - 1; index >= this.#first; index -= 1) {
      const event = this.#kept[index]?.event;
      // Published events may have any time.
      if (event && event.t < t && carriesTime(event.type)) return event.seq;
    }
    return null;
  }

  #trim(): void {
    const { clock, maxAgeMs, maxBytes } = this.#options;
    const horizon = clock.monotonicMs() - maxAgeMs();
    for (let oldest = this.#kept[this.#first]; oldest; oldest = this.#kept[this.#first]) {
      if (oldest.cameAt >= horizon && this.#bytes <= maxBytes()) break;
      this.#dropOldest(oldest.event);
    }
    if (this.#first <= 1024 || this.#first * 2 <= this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#first);
    this.#first = 0;
  }

  #dropOldest(event: LoggedEvent): void {
    this.#bytes -= event.json.length;
    this.#first += 1;
    if (isSampleType(event.type) || this.#options.isOnDisk(event.seq)) return;
    this.#unwritten.push(event);
    if (this.#unwritten.length > unwrittenMax) this.#unwritten.shift();
  }

  /** The index of the first kept event after `seq`: a search, since gaps part seq from index. */
  #indexAfter(seq: number): number {
    const kept = this.#kept;
    let low = this.#first;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((kept[middle]?.event.seq ?? Number.POSITIVE_INFINITY) <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
