import type { FeedPayloads, FeedType } from '@/lib/events/event-types';

/** `offline` is said after half a minute without an answer, or when the browser itself has no network. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'offline';

export type FeedHandlers = { readonly [T in FeedType]?: (payload: FeedPayloads[T], id: string) => void };

export interface ConnectionOptions {
  /** The feed's path and query, without a position. */
  readonly url: string;
  readonly handlers: FeedHandlers;
  readonly onState: (state: ConnectionState) => void;
  /** The browser's own by default. */
  readonly eventSource?: typeof EventSource;
}

export interface Connection {
  close(): void;
}

/** The feed speaks at least every 10 s; twice and a half that without a word is a dead connection. */
const silenceMs = 25_000;
const offlineAfterMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

function parse<T extends FeedType>(text: string): FeedPayloads[T] {
  return JSON.parse(text) as FeedPayloads[T];
}

/**
 * One EventSource with a listener per event type. The browser reconnects by itself after a cut; what it
 * gives up on (an HTTP error) and what it cannot see (a half-open connection) is taken up here.
 */
export function openConnection(options: ConnectionOptions): Connection {
  const Source = options.eventSource ?? EventSource;
  let source: EventSource | null = null;
  let state: ConnectionState = 'connecting';
  let lastEventId = '';
  let heardAt = performance.now();
  let lostAt = performance.now();
  let attempts = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function enter(next: ConnectionState): void {
    if (next === state) return;
    if (state === 'live') lostAt = performance.now();
    state = next;
    options.onState(next);
  }

  function lost(): void {
    const browserOffline = typeof navigator !== 'undefined' && navigator.onLine === false;
    const tooLong = performance.now() - lostAt > offlineAfterMs && state !== 'live';
    enter(browserOffline || tooLong ? 'offline' : state === 'connecting' ? 'connecting' : 'reconnecting');
  }

  function heard(event: MessageEvent): void {
    heardAt = performance.now();
    if (event.lastEventId) lastEventId = event.lastEventId;
  }

  function listen<T extends FeedType>(target: EventSource, type: T): void {
    const handle = options.handlers[type];
    if (!handle) return;
    target.addEventListener(type, (event: MessageEvent<string>) => {
      heard(event);
      handle(parse<T>(event.data), event.lastEventId);
    });
  }

  function connect(): void {
    clearTimeout(retry);
    source?.close();
    heardAt = performance.now();
    const position = lastEventId ? `&lastEventId=${encodeURIComponent(lastEventId)}` : '';
    const target = new Source(options.url + position);
    source = target;
    target.addEventListener('hello', (event: MessageEvent<string>) => {
      heard(event);
      attempts = 0;
      enter('live');
    });
    target.addEventListener('heartbeat', heard);
    for (const type of Object.keys(options.handlers) as FeedType[]) listen(target, type);
    target.onerror = () => {
      lost();
      if (target.readyState === Source.CLOSED && source === target) connectLater();
    };
  }

  /** Full jitter: clients that were cut together do not come back together. */
  function connectLater(): void {
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** attempts);
    attempts += 1;
    clearTimeout(retry);
    retry = setTimeout(connect, Math.max(firstRetryMs, Math.random() * ceiling));
  }

  function check(): void {
    if (state !== 'live') lost();
    if (performance.now() - heardAt < silenceMs) return;
    lost();
    connect();
  }

  function wake(): void {
    if (closed || document.visibilityState === 'hidden') return;
    if (state !== 'live' || performance.now() - heardAt > silenceMs) connect();
  }

  const watchdog = setInterval(check, 1_000);
  const stopWaking = typeof window === 'undefined' ? () => {} : wakeOnReturn(wake);
  connect();

  return {
    close() {
      closed = true;
      clearInterval(watchdog);
      clearTimeout(retry);
      stopWaking();
      source?.close();
    },
  };
}

/** The moments at which a browser that slept, froze or lost its network is back. */
function wakeOnReturn(wake: () => void): () => void {
  const restored = (event: PageTransitionEvent) => {
    if (event.persisted) wake();
  };
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', restored);
  document.addEventListener('visibilitychange', wake);
  return () => {
    window.removeEventListener('online', wake);
    window.removeEventListener('pageshow', restored);
    document.removeEventListener('visibilitychange', wake);
  };
}
