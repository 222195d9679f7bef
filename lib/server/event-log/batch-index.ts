import { carriesTime, isSampleType } from '@/lib/protocol/event-types';
import type { BatchPlace } from './batch-table';
import type { LoggedEvent } from './event-log';

interface Place extends BatchPlace {
  /** Monotonic: the host's clock may step. Negative for batches of an earlier process. */
  readonly writtenAtMs: number;
}

/** Where the batches of samples on disk are, oldest first, in memory: finding and pruning need no query. */
export class BatchIndex {
  #places: Place[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** Starts from the stored batches, at the time `present` (Unix ms) and `monotonicMs`. */
  load(found: readonly BatchPlace[], present: number, monotonicMs: number): void {
    let newestT = Number.NEGATIVE_INFINITY;
    this.#places = found.map((place) => {
      // No batch is older than the one before: published samples may have any time.
      newestT = Math.max(newestT, place.lastT);
      return { ...place, writtenAtMs: monotonicMs - Math.max(0, present - newestT) };
    });
  }

  /** The samples among `events` have been written. */
  add(events: readonly LoggedEvent[], writtenAtMs: number): void {
    const samples = events.filter(({ type }) => isSampleType(type));
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || !last) return;
    this.#places.push({
      firstSeq: first.seq,
      lastSeq: last.seq,
      firstT: first.t,
      lastT: last.t,
      writtenAtMs,
    });
  }

  countWrittenBefore(monotonicMs: number): number {
    return this.#places.filter(({ writtenAtMs }) => writtenAtMs < monotonicMs).length;
  }

  /** The last seq of the oldest `count` batches; `null` for none. */
  lastSeqOf(count: number): number | null {
    return this.#places[count - 1]?.lastSeq ?? null;
  }

  /** The oldest `count` batches have been deleted. */
  drop(count: number): void {
    this.#places = this.#places.slice(count);
  }

  /** The seq before the first sample that is `t` (Unix ms) or younger, `tailSeq - 1` at the least; `null` when none is. */
  seqBefore(t: number, tailSeq: number, read: (place: BatchPlace) => readonly LoggedEvent[]): number | null {
    const index = this.#places.findLastIndex(({ firstT }) => firstT < t);
    const isNewest = index === this.#places.length - 1;
    const place = this.#places[index];
    if (!place) return this.#places.length > 0 ? tailSeq - 1 : null;
    const timed = read(place).filter(({ type }) => carriesTime(type));
    const before = timed.findLast((event) => event.t < t);
    return isNewest && before === timed.at(-1) ? null : (before?.seq ?? place.firstSeq - 1);
  }
}
