import type { Clock } from '@/lib/server/concurrency/clock';
/** A cursor that its registry can end. */
export interface RegisteredCursor {
  /** Ends the stream after what is there now, with the delay after which the client may come back. */
  finish(retryMs: number | null): void;
  /** Ends it now: its client does not read. */
  abort(): void;
}

export interface StreamRegistryOptions {
  readonly tickMs: number;
  /** Streams end at this age ± 20 %. Default 1 h. */
  readonly maxStreamAgeMs?: number | undefined;
  /** A stream that has been asked to end and whose client reads nothing is aborted after this long. Default 3 s. */
  readonly drainTimeoutMs?: number | undefined;
  readonly clock: Clock;
  /** 0..1, uniform. */
  readonly random: () => number;
  /** Called every `tickMs` while a stream is open, with the monotonic time. */
  readonly onTick: (nowMs: number) => void;
}

interface Lifetime {
  /** Monotonic. */
  readonly endsAtMs: number;
  /** Set once the stream has been asked to end. */
  abortAtMs: number;
}

/** The open streams of one kind, and their ends: by age, by a stop, and by force if the client does not read. */
export class StreamRegistry<C extends RegisteredCursor> {
  readonly #options: StreamRegistryOptions;
  readonly #lifetimes = new Map<C, Lifetime>();
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;
  #onEmpty: (() => void) | null = null;

  constructor(options: StreamRegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#lifetimes.size;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  cursors(): Iterable<C> {
    return this.#lifetimes.keys();
  }

  add(cursor: C, openedAtMs: number): void {
    const { maxStreamAgeMs = 3_600_000, tickMs, clock, onTick } = this.#options;
    const endsAtMs = openedAtMs + maxStreamAgeMs * this.#between(0.8, 1.2);
    this.#lifetimes.set(cursor, { endsAtMs, abortAtMs: Number.POSITIVE_INFINITY });
    this.#timer ??= setInterval(() => onTick(clock.monotonicMs()), tickMs);
    this.#timer.unref();
  }

  remove(cursor: C): void {
    this.#lifetimes.delete(cursor);
    if (this.#lifetimes.size > 0) return;
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#onEmpty?.();
  }

  /** Ends the streams that are too old, and aborts those that were asked to end and are not read. */
  endExpired(nowMs: number): void {
    for (const [cursor, lifetime] of this.#lifetimes) {
      if (nowMs >= lifetime.abortAtMs) cursor.abort();
      else if (nowMs >= lifetime.endsAtMs) this.#end(cursor, lifetime, nowMs, null);
    }
  }

  /** Ends every stream; clients come back within `minMs` to `maxMs`. */
  endAll(minMs: number, maxMs: number): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [cursor, lifetime] of this.#lifetimes)
      this.#end(cursor, lifetime, nowMs, this.retryMs(minMs, maxMs));
  }

  /** Ends every stream and asks clients back in 1 to 10 s. Resolves when all have ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.endAll(1_000, 10_000);
    if (this.#lifetimes.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** A random retry delay, so that clients do not come back all at once. */
  retryMs(minMs: number, maxMs: number): number {
    return Math.round(this.#between(minMs, maxMs));
  }

  #end(cursor: C, lifetime: Lifetime, nowMs: number, retryMs: number | null): void {
    lifetime.abortAtMs = Math.min(lifetime.abortAtMs, nowMs + (this.#options.drainTimeoutMs ?? 3_000));
    cursor.finish(retryMs);
  }

  #between(low: number, high: number): number {
    return low + this.#options.random() * (high - low);
  }
}
