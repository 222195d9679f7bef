import type { Turns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { pageEvents } from './event-pages';
import type { Batch, Subscription } from './subscription';

export interface BatchReaderOptions {
  readonly log: EventLog;
  /** Shares the event loop between all long work. */
  readonly turns: Turns;
  readonly subscription: Subscription;
  /** `next` is worth another try. */
  readonly onReady: () => void;
  readonly onError: () => void;
}

/** Reads the batches of one stream: at most one read under way, and one batch that waits to be sent. */
export class BatchReader {
  readonly #options: BatchReaderOptions;
  #buffered: Batch | null = null;
  #isReading = false;
  /** Waits for a turn of the event loop that has time. */
  #isDeferred = false;

  constructor(options: BatchReaderOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#isReading || this.#isDeferred;
  }

  get hasBuffered(): boolean {
    return this.#buffered !== null;
  }

  /** Whether this turn of the event loop has time for work; if not, `onReady` is called once one has. */
  hasTime(): boolean {
    const { turns, onReady } = this.#options;
    if (this.#isDeferred) return false;
    if (turns.hasTime()) return true;
    this.#isDeferred = true;
    turns.later(() => {
      this.#isDeferred = false;
      onReady();
    });
    return false;
  }

  /** The batch after `seq`, without samples up to `skipTo`; `null` at the head, or until `onReady` is called. */
  next(seq: number, skipTo: number, isLive: boolean): Batch | null {
    const { log, subscription } = this.#options;
    if (this.#buffered) {
      const batch = this.#buffered;
      this.#buffered = null;
      return batch;
    }
    if (this.#isReading || seq >= log.headSeq) return null;
    const cached = seq < skipTo ? null : subscription.cachedAfter(seq);
    if (cached) return cached;
    // The newest events are in memory, and live streams do not queue behind those that read old events.
    const isRecent = isLive && log.headSeq - seq <= pageEvents;
    if (!isRecent && !this.hasTime()) return null;
    const batch = seq < skipTo ? subscription.durableAfter(seq, skipTo) : subscription.batchAfter(seq);
    if (!(batch instanceof Promise)) return batch;
    this.#wait(batch);
    return null;
  }

  /** Returns a batch that was not sent; `next` returns it again. */
  putBack(batch: Batch): void {
    this.#buffered = batch;
  }

  discard(): void {
    this.#buffered = null;
  }

  #wait(batch: Promise<Batch>): void {
    const { onReady, onError } = this.#options;
    this.#isReading = true;
    batch
      .then((read) => this.putBack(read))
      .catch(onError)
      .finally(() => {
        this.#isReading = false;
        onReady();
      });
  }
}
