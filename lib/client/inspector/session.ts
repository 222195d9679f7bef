import { Subscribable } from '../subscribable';
import type { EndReason, Line } from './entries';
import { FrameReader, type RawFrame } from './frame-reader';
import { type Connection, isObject, parseJson, Recording } from './recording';

export type SessionState =
  | { readonly kind: 'idle' | 'connecting' | 'open' }
  /** Until `untilMs` of `performance.now()`. */
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly delayMs: number }
  /** An EventSource gives up on such an answer, and so does this session. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string };

export interface SessionOptions {
  readonly path: string;
  readonly types: readonly string[];
  readonly fetch: typeof fetch;
}

interface Attempt {
  readonly connection: Connection;
  readonly abort: AbortController;
}

export const connectionsMax = 50;
/** Chromium's, until a `retry:` sets another; the standard leaves it open. */
const firstRetryMs = 3_000;
const problemLengthMax = 500;

/** A header's value is bytes; the standard sends the id as UTF-8. */
const asHeader = (id: string) => String.fromCharCode(...new TextEncoder().encode(id));

const isEventStream = ({ status, headers }: Response) =>
  status === 200 && /^text\/event-stream(;|$)/i.test((headers.get('content-type') ?? '').trim());

/**
 * An event stream read with `fetch`, so that each byte is visible. Reconnects as the HTML standard requires of an
 * EventSource: after the delay of `retry`, with the last id, and never after a response that is no event stream.
 */
export class Session {
  /** The newest last, at most `connectionsMax`. */
  readonly connections: Connection[] = [];
  readonly #options: SessionOptions;
  readonly #changes = new Subscribable();
  readonly #recording = new Recording();
  #types: readonly string[];
  #state: SessionState = { kind: 'idle' };
  #version = 0;
  #lastEventId = '';
  #retryMs = firstRetryMs;
  #connectionCount = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt: Attempt | null = null;
  #lostAtMs: number | null = null;
  #reconnects = 0;
  #lastOutageMs: number | null = null;
  #slowSinceMs: number | null = null;
  #resume: (() => void) | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#types = options.types;
  }

  readonly subscribe = this.#changes.subscribe;
  readonly entries = this.#recording.entries;
  readonly rates = this.#recording.rates;
  readonly latencies = this.#recording.latencies;
  readonly ids = this.#recording.ids;
  readonly clock = this.#recording.clock;

  /** Rises with each change. */
  get version(): number {
    return this.#version;
  }

  get state(): SessionState {
    return this.#state;
  }

  get url(): string {
    const { path } = this.#options;
    return this.#types.length === 0 ? path : `${path}?types=${this.#types.map(encodeURIComponent).join(',')}`;
  }

  get types(): readonly string[] {
    return this.#types;
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get retryMs(): number {
    return this.#retryMs;
  }

  get isSlow(): boolean {
    return this.#slowSinceMs !== null;
  }

  /** Since when nothing is read, in `performance.now()`. */
  get slowSinceMs(): number | null {
    return this.#slowSinceMs;
  }

  /** How often a lost stream was opened again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /** The duration of the last loss in ms, failed attempts included; `null` before the first. */
  get lastOutageMs(): number | null {
    return this.#lastOutageMs;
  }

  connect(): void {
    clearTimeout(this.#retry);
    if (this.#attempt) this.#end(this.#attempt, 'changed');
    this.#connectionCount += 1;
    const connection: Connection = {
      number: this.#connectionCount,
      url: this.url,
      requestedAt: Date.now(),
      sentId: this.#lastEventId,
      openedAt: null,
      endedAt: null,
      end: null,
      status: null,
      headers: [],
      frames: 0,
      bytes: 0,
      replayed: 0,
      faults: 0,
    };
    this.connections.push(connection);
    if (this.connections.length > connectionsMax) this.connections.shift();
    this.#state = { kind: 'connecting' };
    const request: Line[] = [{ kind: 'request', text: `> GET ${connection.url}` }];
    if (connection.sentId) request.push({ kind: 'position', text: `> Last-Event-ID: ${connection.sentId}` });
    this.#recording.mark(connection, request);

    const attempt = { connection, abort: new AbortController() };
    this.#attempt = attempt;
    this.#changed();
    this.#run(attempt).then(
      (reason) => this.#end(attempt, reason),
      () => this.#end(attempt, 'broken'),
    );
  }

  /** Ends the connection as a network failure would; the session reconnects. */
  cut(): void {
    if (this.#attempt) this.#end(this.#attempt, 'cut');
  }

  setTypes(types: readonly string[]): void {
    if (types.join() === this.#types.join()) return;
    this.#types = types;
    this.connect();
  }

  /** Stops reading from the socket until it is set back. */
  setSlow(isSlow: boolean): void {
    this.#slowSinceMs = isSlow ? performance.now() : null;
    if (!isSlow) this.#resume?.();
    this.#changed();
  }

  clear(): void {
    this.#recording.clear();
    this.#changed();
  }

  close(): void {
    clearTimeout(this.#retry);
    if (this.#attempt) this.#end(this.#attempt, null);
  }

  #changed(): void {
    this.#version += 1;
    this.#changes.notify();
  }

  /** Does nothing for an attempt that has ended before. */
  #end(attempt: Attempt, reason: EndReason | null): void {
    if (this.#attempt !== attempt) return;
    const { connection, abort } = attempt;
    this.#attempt = null;
    abort.abort();
    this.#resume?.();
    connection.endedAt = Date.now();
    connection.end = reason;
    if (reason === null) return;
    if (connection.openedAt !== null && reason !== 'changed') this.#lostAtMs = performance.now();
    const isLost = reason === 'cut' || reason === 'ended' || reason === 'broken';
    if (isLost) this.#connectLater();
    const retryMs = isLost ? this.#retryMs : null;
    this.#recording.mark(connection, [{ kind: 'ended', text: '' }], { reason, retryMs });
    this.#changed();
  }

  #connectLater(): void {
    const delayMs = this.#retryMs;
    this.#state = { kind: 'waiting', untilMs: performance.now() + delayMs, delayMs };
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.connect(), delayMs);
  }

  /** One request from its start to its end. Rejects when the network fails. */
  async #run({ connection, abort: { signal } }: Attempt): Promise<EndReason> {
    const sentAtMs = performance.now();
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (connection.sentId) headers['Last-Event-ID'] = asHeader(connection.sentId);
    const response = await this.#options.fetch(connection.url, { headers, cache: 'no-store', signal });
    connection.status = response.status;
    connection.headers = [...response.headers];
    const status = `< ${response.status} ${response.headers.get('content-type') ?? ''}`.trimEnd();
    this.#recording.mark(connection, [{ kind: 'response', text: status }]);
    if (!isEventStream(response) || !response.body) return this.#refuse(response, signal);
    this.#opened(connection);
    const record = this.#recording.recorder(connection, sentAtMs, this.#types.length > 0);
    await this.#read(response.body, connection, signal, (frame) => {
      if (frame.isComplete) {
        if (frame.retryMs !== null) this.#retryMs = frame.retryMs;
        if (frame.id !== null) this.#lastEventId = frame.id;
      }
      record(frame);
    });
    return 'ended';
  }

  async #refuse(response: Response, signal: AbortSignal): Promise<EndReason> {
    const problem = parseJson(await response.text());
    const detail = isObject(problem) ? (problem.detail ?? problem.title) : '';
    if (!signal.aborted) {
      const text = String(detail ?? '').slice(0, problemLengthMax);
      this.#state = { kind: 'refused', status: response.status, detail: text };
    }
    return 'refused';
  }

  #opened(connection: Connection): void {
    connection.openedAt = Date.now();
    if (this.#lostAtMs !== null) {
      this.#reconnects += 1;
      this.#lastOutageMs = performance.now() - this.#lostAtMs;
      this.#lostAtMs = null;
    }
    this.#state = { kind: 'open' };
    this.#changed();
  }

  /** Resolves at the end of the body, or once it is aborted. */
  async #read(
    body: ReadableStream<Uint8Array>,
    connection: Connection,
    signal: AbortSignal,
    onFrame: (frame: RawFrame) => void,
  ): Promise<void> {
    const frames = new FrameReader(onFrame);
    const reader = body.getReader();
    for (;;) {
      while (this.isSlow && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#resume = resolve;
        });
      }
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) break;
      connection.bytes += value.length;
      this.#recording.rates.add(performance.now(), 0, value.length);
      frames.push(value);
      this.#changed();
    }
    frames.end();
  }
}
