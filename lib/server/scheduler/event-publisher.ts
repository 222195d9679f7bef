import type { Durability, NewEvent } from '@/lib/server/event-log/event-log';

export type Publish = (events: readonly NewEvent[], durability: Durability) => Promise<unknown>;

/** Unanswered appends. Beyond these, samples are dropped: a log that hangs must not fill the memory. */
const unansweredMax = 60;
/** Events that wait while the log is down; beyond these, the oldest is dropped. */
const waitingEventsMax = 1_000;

/**
 * The sampler's way into the log. Samples are sent once; an event is reported by its source only once, so it is sent
 * again until the log has acknowledged it.
 */
export class EventPublisher {
  readonly #publish: Publish;
  readonly #unanswered = new Set<Promise<void>>();
  #waitingEvents: readonly NewEvent[] = [];
  #flushing: Promise<void> | null = null;
  #consecutiveFailures = 0;
  #lastError: string | null = null;

  constructor(publish: Publish) {
    this.#publish = publish;
  }

  get status(): { readonly consecutiveFailures: number; readonly lastError: string | null } {
    return { consecutiveFailures: this.#consecutiveFailures, lastError: this.#lastError };
  }

  /** Appends samples; `onAppended` is called if that succeeds. */
  sendSamples(samples: readonly NewEvent[], onAppended = () => {}): void {
    if (samples.length === 0) return;
    const sending = this.#append(samples, 'batched').then((isAppended) => {
      this.#unanswered.delete(sending);
      if (isAppended) onAppended();
    });
    this.#unanswered.add(sending);
  }

  /** Takes events for the next flush. */
  queue(events: readonly NewEvent[]): void {
    this.#waitingEvents = [...this.#waitingEvents, ...events].slice(-waitingEventsMax);
  }

  /** Publishes the queued events, unless that is under way. Never rejects. */
  flush(): Promise<void> {
    this.#flushing ??= this.#sendQueued().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  /** Resolves when all samples were answered and the queue was flushed, or could not be. */
  async settle(): Promise<void> {
    await Promise.all([...this.#unanswered, this.flush()]);
  }

  async #sendQueued(): Promise<void> {
    while (this.#waitingEvents.length > 0) {
      const batch = this.#waitingEvents;
      this.#waitingEvents = [];
      if (await this.#append(batch, 'durable-if-possible')) continue;
      this.#waitingEvents = [...batch, ...this.#waitingEvents].slice(-waitingEventsMax);
      return;
    }
  }

  async #append(events: readonly NewEvent[], durability: Durability): Promise<boolean> {
    try {
      if (this.#unanswered.size >= unansweredMax) throw new Error('the log does not answer');
      await this.#publish(events, durability);
      this.#consecutiveFailures = 0;
      this.#lastError = null;
      return true;
    } catch (error) {
      this.#consecutiveFailures += 1;
      this.#lastError = error instanceof Error ? error.message : String(error);
      return false;
    }
  }
}
