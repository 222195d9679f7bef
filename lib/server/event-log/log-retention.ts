import { durableEventsKeptMs } from '@/lib/protocol/limits';
import type { Clock } from '@/lib/server/concurrency/clock';
import { openRetentionClock, type RetentionClock } from '@/lib/server/storage/retention-clock';
import { BatchIndex } from './batch-index';
import type { LoggedEvent } from './event-log';
import type { EventStore } from './event-store';

export interface LogRetentionOptions {
  /** Samples are deleted once they are this old. */
  readonly keepSamplesMs: number;
  /** What the database may take; the oldest events are deleted before it takes more. */
  readonly maxBytes: number;
  readonly clock: Clock;
  /** Samples up to `toSeq` have been deleted. */
  readonly onSamplesDeleted: (toSeq: number) => void;
}

const ownDurableMax = 500_000;
const publishedDurableMax = 500_000;
const receiptMs = 24 * 3_600_000;
const receiptsMax = 100_000;
/** A slice, which is deleted in one step, is the oldest 1/8 of the batches or of the durable events. */
const sliceDivisor = 8;
const slicesPerCheck = 16;
/** The file's size is checked each time 1/32 of its bound has been written. */
const checkDivisor = 32;

/** Deletes events that are older than their retention, and the oldest where the database would exceed its bound. */
export class LogRetention {
  readonly #options: LogRetentionOptions;
  readonly #clock: RetentionClock;
  readonly #batches = new BatchIndex();
  #prunedAtMs: number;
  #bytesSinceCheck = 0;

  constructor(options: LogRetentionOptions) {
    this.#options = options;
    this.#clock = openRetentionClock(options.clock);
    this.#prunedAtMs = options.clock.monotonicMs();
  }

  /** Starts from what a store holds. Throws. */
  load(store: EventStore): void {
    const found = store.batches();
    const times = found.flatMap(({ firstT, lastT }) => [firstT, lastT]);
    this.#clock.startFrom([...times, ...store.durableTimes()]);
    this.#batches.load(found, this.#clock.now(), this.#options.clock.monotonicMs());
  }

  /** These events have been written. */
  noteWritten(events: readonly LoggedEvent[]): void {
    this.#batches.add(events, this.#options.clock.monotonicMs());
  }

  /** Counts these events as written. Whether the size should be checked. */
  isCheckDue(events: readonly LoggedEvent[]): boolean {
    this.#bytesSinceCheck += events.reduce((sum, { json }) => sum + json.length, 0);
    return this.#bytesSinceCheck > this.#options.maxBytes / checkDivisor;
  }

  /** The seq before the first sample on disk that is `t` (Unix ms) or younger; `null` when none is. */
  seqBefore(
    t: number,
    tailSeq: number,
    read: (firstSeq: number, lastSeq: number) => readonly LoggedEvent[],
  ): number | null {
    return this.#batches.seqBefore(t, tailSeq, ({ firstSeq, lastSeq }) => read(firstSeq, lastSeq));
  }

  /** Whether pruning is due: the last one was `everyMs` ago. If so, the next one is not before that time again. */
  takeTurn(everyMs: number): boolean {
    const present = this.#options.clock.monotonicMs();
    if (present - this.#prunedAtMs < everyMs) return false;
    this.#prunedAtMs = present;
    return true;
  }

  /** Throws. */
  prune(store: EventStore): void {
    const { clock, keepSamplesMs } = this.#options;
    this.#deleteBatches(store, this.#batches.countWrittenBefore(clock.monotonicMs() - keepSamplesMs));
    store.deleteDurable({
      durableBefore: this.#clock.now() - durableEventsKeptMs,
      maxOwn: ownDurableMax,
      maxPublished: publishedDurableMax,
      receiptsBefore: this.#clock.now() - receiptMs,
      maxReceipts: receiptsMax,
    });
    this.keepInBounds(store);
  }

  /** Deletes the oldest of the kind that takes most space: samples, own events or published events. Throws. */
  keepInBounds(store: EventStore): void {
    this.#bytesSinceCheck = 0;
    for (let slices = 0; slices < slicesPerCheck; slices += 1) {
      if (store.size().usedBytes <= this.#options.maxBytes) return;
      const { samples, own, published } = store.weights();
      if (samples < Math.max(own, published))
        store.deleteOldest(published >= own ? 'published' : 'own', sliceDivisor);
      else if (this.#batches.size === 0) return;
      else this.#deleteBatches(store, Math.ceil(this.#batches.size / sliceDivisor));
    }
  }

  /** Where an earlier start was configured with a larger bound, gives the room back to the file system. Throws. */
  shrink(store: EventStore): void {
    const { fileBytes } = store.size();
    if (fileBytes <= this.#options.maxBytes) return;
    this.keepInBounds(store);
    if (store.size().usedBytes < fileBytes * 0.75) store.shrink();
  }

  /** The oldest `count` batches. Throws. */
  #deleteBatches(store: EventStore, count: number): void {
    const toSeq = this.#batches.lastSeqOf(count);
    if (toSeq === null) return;
    store.deleteBatches(toSeq);
    this.#batches.drop(count);
    this.#options.onSamplesDeleted(toSeq);
  }
}
