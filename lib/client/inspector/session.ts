import { tellsTime } from '@/lib/protocol/event-types';
import { type ClockOffset, createClockOffset } from './clock-offset';
import {
  createEntryList,
  type EndReason,
  type Entry,
  type EntryList,
  type Line,
  linesOfFrame,
  typeOfFrame,
} from './entries';
import { createFrameReader, type RawFrame } from './frame-reader';
import { createIdCheck, type IdCheck } from './id-check';
import { createLatencies, type Latencies } from './latencies';
import { createRates, type Rates } from './rates';

export type SessionState =
  | { readonly kind: 'idle' | 'connecting' | 'open' }
  /** Until `untilMs` of `performance.now()`. */
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly delayMs: number }
  /** An EventSource gives up on such an answer; so does this. */
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string };

/** One request and what came of it. Times are Unix ms by this browser's clock. */
export interface Connection {
  readonly number: number;
  readonly url: string;
  readonly requestedAt: number;
  /** As sent in `Last-Event-ID`; empty on the first. */
  readonly sentId: string;
  openedAt: number | null;
  endedAt: number | null;
  end: EndReason | null;
  status: number | null;
  headers: readonly (readonly [string, string])[];
  frames: number;
  bytes: number;
  replayed: number;
  /** Ids that were missed or came twice on it. */
  faults: number;
}

export interface Session {
  subscribe(listener: () => void): () => void;
  /** Another one after each change. */
  readonly version: number;
  readonly state: SessionState;
  readonly url: string;
  readonly types: readonly string[];
  readonly lastEventId: string;
  readonly retryMs: number;
  readonly isSlow: boolean;
  /** Since when nothing is read, in `performance.now()`. */
  readonly slowSinceMs: number | null;
  /** The newest last, at most `maxConnections`. */
  readonly connections: readonly Connection[];
  /** How often a stream that was lost was had again. */
  readonly reconnects: number;
  /** How long the last loss was, attempts in vain included, in ms; `null` before the first. */
  readonly lastOutageMs: number | null;
  readonly entries: EntryList;
  readonly rates: Rates;
  readonly latencies: Latencies;
  readonly ids: IdCheck;
  readonly clock: ClockOffset;
  connect(): void;
  /** Ends the connection as a network would; it comes back by itself. */
  cut(): void;
  setTypes(types: readonly string[]): void;
  /** Reads nothing until it is set back. */
  setSlow(isSlow: boolean): void;
  clear(): void;
  close(): void;
}

export interface SessionOptions {
  readonly path: string;
  readonly types: readonly string[];
  readonly fetch: typeof fetch;
}

export const maxConnections = 50;
/** Chromium's, until a `retry:` says otherwise; the standard leaves it open. */
const firstRetryMs = 3_000;
/** Older stamps are a publisher's own, and no way that an event went. */
const longestLatencyMs = 3_600_000;
const maxProblemLength = 500;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function numberIn(payload: unknown, name: string): number | null {
  const value = isObject(payload) ? payload[name] : null;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A header's value is bytes; the standard sends the id as UTF-8. */
const asHeader = (id: string) => String.fromCharCode(...new TextEncoder().encode(id));

/**
 * A stream read by hand, so that each byte is seen, that reconnects as the HTML standard has an EventSource do:
 * after the delay of `retry`, with the last id, and never after an answer that is no event stream.
 */
export function createSession(options: SessionOptions): Session {
  const listeners = new Set<() => void>();
  const entries = createEntryList();
  const rates = createRates();
  const latencies = createLatencies();
  const ids = createIdCheck();
  const clock = createClockOffset();
  const connections: Connection[] = [];
  let state: SessionState = { kind: 'idle' };
  let version = 0;
  let types = options.types;
  let lastEventId = '';
  let retryMs = firstRetryMs;
  let nextKey = 0;
  let connectionNumber = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Ends what is under way. */
  let end: ((reason: EndReason | null) => void) | null = null;
  let lostAtMs: number | null = null;
  let reconnects = 0;
  let lastOutageMs: number | null = null;
  let slowSinceMs: number | null = null;
  let readOn: (() => void) | null = null;

  function changed(): void {
    version += 1;
    for (const listener of listeners) listener();
  }

  function url(): string {
    return types.length === 0
      ? options.path
      : `${options.path}?types=${types.map(encodeURIComponent).join(',')}`;
  }

  function add(entry: Entry): void {
    entries.add(entry);
  }

  function mark(
    connection: Connection,
    lines: readonly Line[],
    ended: EndReason | null,
    delayMs: number | null,
  ) {
    add({
      key: nextKey++,
      connection: connection.number,
      arrivedAt: Date.now(),
      lines,
      frame: null,
      type: null,
      end: ended ? { reason: ended, retryMs: delayMs } : null,
    });
  }

  function connectLater(): void {
    state = { kind: 'waiting', untilMs: performance.now() + retryMs, delayMs: retryMs };
    clearTimeout(timer);
    timer = setTimeout(connect, retryMs);
  }

  function connect(): void {
    clearTimeout(timer);
    end?.('changed');
    connectionNumber += 1;
    const connection: Connection = {
      number: connectionNumber,
      url: url(),
      requestedAt: Date.now(),
      sentId: lastEventId,
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
    connections.push(connection);
    if (connections.length > maxConnections) connections.shift();
    state = { kind: 'connecting' };
    const request: Line[] = [{ kind: 'request', text: `> GET ${connection.url}` }];
    if (lastEventId) request.push({ kind: 'position', text: `> Last-Event-ID: ${lastEventId}` });
    mark(connection, request, null, null);

    const abort = new AbortController();
    let isOver = false;
    const finish = (reason: EndReason | null) => {
      if (isOver) return;
      isOver = true;
      end = null;
      abort.abort();
      readOn?.();
      connection.endedAt = Date.now();
      connection.end = reason;
      if (reason === null) return;
      if (connection.openedAt !== null && reason !== 'changed') lostAtMs = performance.now();
      if (reason === 'cut' || reason === 'ended' || reason === 'broken') connectLater();
      const delayMs = state.kind === 'waiting' ? state.delayMs : null;
      mark(connection, [{ kind: 'ended', text: '' }], reason, delayMs);
      changed();
    };
    end = finish;
    changed();
    run(connection, abort.signal, finish).catch(() => finish('broken'));
  }

  async function run(connection: Connection, signal: AbortSignal, finish: (reason: EndReason) => void) {
    const sentAt = performance.now();
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (connection.sentId) headers['Last-Event-ID'] = asHeader(connection.sentId);
    const response = await options.fetch(connection.url, { headers, cache: 'no-store', signal });
    connection.status = response.status;
    connection.headers = [...response.headers];
    const type = response.headers.get('content-type') ?? '';
    mark(connection, [{ kind: 'response', text: `< ${response.status} ${type}`.trimEnd() }], null, null);
    if (response.status !== 200 || !/^text\/event-stream(;|$)/i.test(type.trim()) || !response.body) {
      const problem = parsed(await response.text());
      const detail = isObject(problem) ? (problem.detail ?? problem.title) : '';
      if (signal.aborted) return;
      const text = String(detail ?? '').slice(0, maxProblemLength);
      state = { kind: 'refused', status: response.status, detail: text };
      finish('refused');
      return;
    }
    connection.openedAt = Date.now();
    if (lostAtMs !== null) {
      reconnects += 1;
      lastOutageMs = performance.now() - lostAtMs;
      lostAtMs = null;
    }
    state = { kind: 'open' };
    changed();

    const hear = createListener(connection, sentAt);
    const frames = createFrameReader(hear);
    const reader = response.body.getReader();
    for (;;) {
      while (slowSinceMs !== null && !signal.aborted) {
        await new Promise<void>((resolve) => {
          readOn = resolve;
        });
      }
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) break;
      connection.bytes += value.length;
      rates.add(performance.now(), 0, value.length);
      frames.push(value);
      changed();
    }
    frames.end();
    finish('ended');
  }

  /** Takes the frames of one connection. */
  function createListener(connection: Connection, sentAt: number): (frame: RawFrame) => void {
    /** The host's time at which the stream was opened: what is older on a resumed stream is replay. */
    let openedAtHost: number | null = null;
    let isCaughtUp = connection.sentId === '';

    return (frame) => {
      const arrived = performance.now();
      const type = typeOfFrame(frame);
      if (frame.isComplete) {
        if (frame.retryMs !== null) retryMs = frame.retryMs;
        if (frame.id !== null) lastEventId = frame.id;
      }
      const payload = parsed(frame.data);
      const stamp = numberIn(payload, 't');
      const serverTime = numberIn(payload, 'serverTime');
      if (type === 'hello' && serverTime !== null) {
        openedAtHost = serverTime;
        clock.add(serverTime, arrived, sentAt);
      } else if (type === 'heartbeat' && serverTime !== null) clock.add(serverTime, arrived);

      const isOld = openedAtHost !== null && stamp !== null && stamp < openedAtHost;
      if (stamp !== null && !isOld && tellsTime(type)) isCaughtUp = true;
      const isReplay = isOld && !isCaughtUp;
      if (isReplay) connection.replayed += 1;
      if (stamp !== null && !isOld && tellsTime(type)) clock.add(stamp, arrived);

      const idCheck = ids.check({ type: frame.type, id: frame.id, payload }, types.length > 0);
      if (idCheck.kind === 'hole' || idCheck.kind === 'back') connection.faults += 1;

      const offset = clock.read();
      const latency = stamp === null || isReplay || !offset ? null : arrived + offset.offsetMs - stamp;
      const latencyMs =
        latency === null || Math.abs(latency) > longestLatencyMs ? null : Math.max(0, latency);
      if (latencyMs !== null) latencies.add(latencyMs);
      connection.frames += 1;
      rates.add(arrived, frame.type === null ? 0 : 1, 0);
      add({
        key: nextKey++,
        connection: connection.number,
        arrivedAt: Date.now(),
        lines: linesOfFrame(frame),
        frame,
        type,
        idCheck,
        isReplay,
        latencyMs,
      });
    };
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get version() {
      return version;
    },
    get state() {
      return state;
    },
    get url() {
      return url();
    },
    get types() {
      return types;
    },
    get lastEventId() {
      return lastEventId;
    },
    get retryMs() {
      return retryMs;
    },
    get isSlow() {
      return slowSinceMs !== null;
    },
    get slowSinceMs() {
      return slowSinceMs;
    },
    connections,
    get reconnects() {
      return reconnects;
    },
    get lastOutageMs() {
      return lastOutageMs;
    },
    entries,
    rates,
    latencies,
    ids,
    clock,
    connect,
    cut: () => end?.('cut'),
    setTypes(next) {
      if (next.join() === types.join()) return;
      types = next;
      connect();
    },
    setSlow(isSlow) {
      slowSinceMs = isSlow ? performance.now() : null;
      if (!isSlow) readOn?.();
      changed();
    },
    clear() {
      entries.clear();
      latencies.clear();
      changed();
    },
    close() {
      clearTimeout(timer);
      end?.(null);
    },
  };
}
