import { deadlineAfter } from '@/lib/protocol/deadline';
import { type ConnectionState, type Frame, feedPath, liveSpanSeconds } from './frame';
import { Liveness } from './liveness';
import type { FetchRecent } from './recent-events';

export interface ConnectionOptions {
  readonly types: readonly string[];
  /** The position to resume from; without it, the connection begins with the span of live charts. */
  readonly lastEventId?: string;
  readonly onFrame: (frame: Frame) => void;
  readonly onState: (state: ConnectionState) => void;
  /** The feed's address without its query; this origin's by default. */
  readonly path?: string;
  /** The browser's own by default. */
  readonly eventSource?: typeof EventSource;
  /** A faster way to load the span of live charts; without it, the feed sends that too. */
  readonly fetchRecent?: FetchRecent | undefined;
}

const firstRetryMs = 1_000;
const retryMsMax = 30_000;
const statusTimeoutMs = 5_000;

const finalStates: Readonly<Record<number, ConnectionState>> = { 204: 'ended', 401: 'refused' };

export const isFinal = (state: ConnectionState) => state === 'ended' || state === 'refused';

const always = ['heartbeat', 'gap', 'reset'];
/** An `EventSource` gives these the id of the event before them, which would make them duplicates. */
const withoutId: ReadonlySet<string> = new Set(['hello', 'gap', 'reset']);

/**
 * One EventSource with a listener per event type. The browser reconnects by itself after a cut; the connection handles
 * what the browser gives up on (an HTTP error) and what it cannot detect (a half-open connection). Uses neither window
 * nor document, so that it runs in a worker too.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #Source: typeof EventSource;
  readonly #watchdog: ReturnType<typeof setInterval>;
  readonly #liveness = new Liveness(performance.now());
  #types: readonly string[];
  #lastEventId: string;
  #state: ConnectionState = 'connecting';
  #source: EventSource | null = null;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** While recent events are fetched; the feed then goes on where they end. */
  #fetching: AbortController | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#Source = options.eventSource ?? EventSource;
    this.#types = options.types;
    this.#lastEventId = options.lastEventId ?? '';
    this.#watchdog = setInterval(() => this.#check(), 1_000);
    this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The newest position that was received; empty before the first. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** Requests these types from now on, from the position that was reached. */
  subscribe(types: readonly string[]): void {
    this.#types = types;
    if (this.#source || this.#fetching) this.#connect();
  }

  /** The network, the page or the machine may be back: a connection that is not live is retried at once. */
  wake(): void {
    if (this.#source && this.#liveness.shouldReplaceOnWake(performance.now())) this.#connect();
  }

  close(): void {
    clearInterval(this.#watchdog);
    this.#disconnect();
  }

  #enter(next: ConnectionState): void {
    if (next === this.#state) return;
    this.#state = next;
    this.#options.onState(next);
  }

  #address(): string {
    const query = new URLSearchParams({ types: this.#types.join(',') });
    if (this.#lastEventId) query.set('lastEventId', this.#lastEventId);
    else query.set('window', String(liveSpanSeconds));
    return `${this.#options.path ?? feedPath}?${query}`;
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#source?.close();
    this.#source = null;
    this.#fetching?.abort();
    this.#fetching = null;
  }

  #connect(): void {
    this.#disconnect();
    this.#liveness.opened(performance.now());
    const { fetchRecent } = this.#options;
    if (fetchRecent && this.#lastEventId === '') void this.#begin(fetchRecent);
    else this.#open();
  }

  async #begin(fetchRecent: FetchRecent): Promise<void> {
    const own = new AbortController();
    this.#fetching = own;
    const frames = await fetchRecent(this.#types, own.signal);
    for (const frame of frames ?? []) {
      // A frame's handler may close the connection or change its types.
      if (own.signal.aborted) return;
      this.#lastEventId = frame[2] || this.#lastEventId;
      this.#options.onFrame(frame);
    }
    if (own.signal.aborted) return;
    this.#fetching = null;
    this.#open();
  }

  #open(): void {
    this.#liveness.opened(performance.now());
    const source = new this.#Source(this.#address());
    this.#source = source;
    const onEvent = (event: MessageEvent<string>) => this.#receive(event);
    for (const type of new Set(['hello', ...always, ...this.#types])) source.addEventListener(type, onEvent);
    source.onerror = () => {
      if (this.#source !== source) return;
      this.#liveness.lost(performance.now());
      if (source.readyState === this.#Source.CLOSED) void this.#reconnectUnlessFinal(source);
    };
  }

  #receive({ type, data, lastEventId }: MessageEvent<string>): void {
    this.#liveness.received(performance.now());
    if (lastEventId) this.#lastEventId = lastEventId;
    if (type === 'hello') {
      this.#attempts = 0;
      this.#liveness.established();
      this.#enter('live');
    }
    this.#options.onFrame([type, data, withoutId.has(type) ? '' : lastEventId, 0]);
  }

  /** An `EventSource` that has given up does not say why: the same request without a body does. */
  async #reconnectUnlessFinal(source: EventSource): Promise<void> {
    let status = 0;
    let waitMs = 0;
    const deadline = deadlineAfter(statusTimeoutMs);
    try {
      const { signal } = deadline;
      const response = await fetch(this.#address(), { method: 'HEAD', cache: 'no-store', signal });
      status = response.status;
      waitMs = 1000 * Number(response.headers.get('retry-after') ?? 0) || 0;
    } catch {
      // Without any response it is retried as after an error.
    } finally {
      deadline.clear();
    }
    if (this.#source !== source) return;
    const final = finalStates[status];
    if (final) {
      this.close();
      this.#enter(final);
    } else {
      this.#connectLater(waitMs);
    }
  }

  /** Full jitter: clients that were cut off together do not come back together. */
  #connectLater(atLeastMs: number): void {
    const ceiling = Math.min(retryMsMax, firstRetryMs * 2 ** (this.#attempts + 1));
    this.#attempts += 1;
    const jitter = firstRetryMs + Math.random() * (ceiling - firstRetryMs);
    this.#retry = setTimeout(() => this.#connect(), Math.min(retryMsMax, atLeastMs + jitter));
  }

  #check(): void {
    const nowMs = performance.now();
    if (this.#retry === undefined && this.#liveness.isDead(nowMs)) {
      this.#liveness.unanswered(nowMs);
      this.#connect();
    }
    const loss = this.#liveness.lossState(nowMs);
    if (loss === 'offline' || (loss && globalThis.navigator?.onLine === false)) this.#enter('offline');
    else if (loss && this.#state !== 'connecting') this.#enter('reconnecting');
  }
}
