import { deadlineAfter } from '@/lib/protocol/deadline';
import { type ConnectionState, type Frame, feedPath, liveSpanSeconds } from './frame';
import type { FetchRecent } from './recent-events';

export interface ConnectionOptions {
  readonly types: readonly string[];
  /** Goes on from here; without it, begins with what live charts span. */
  readonly lastEventId?: string;
  readonly onFrame: (frame: Frame) => void;
  readonly onState: (state: ConnectionState) => void;
  /** The feed's address without its query; this origin's by default. */
  readonly path?: string;
  /** The browser's own by default. */
  readonly eventSource?: typeof EventSource;
  /** A shorter way to what live charts span; without it, the feed brings that too. */
  readonly fetchRecent?: FetchRecent | undefined;
}

export interface Connection {
  readonly state: ConnectionState;
  /** The newest position that was heard; empty before the first. */
  readonly lastEventId: string;
  /** Asks for these types from here on, at the position that was reached. */
  subscribe(types: readonly string[]): void;
  /** The network, the page or the machine may be back: what is not live is tried at once. */
  wake(): void;
  close(): void;
}

/** The feed speaks at least every 10 s. With a check a second, a dead connection is replaced within 25 s. */
const silenceMs = 23_000;
/**
 * The first bytes come at once. A request that has none may have been sent on a kept connection that is dead as
 * well; a browser keeps at most six.
 */
const answerMs = 5_000;
const keptConnections = 6;
/** A loss that is made good within this long is not spoken of: the feed asks clients back after 2 to 5 s. */
const graceMs = 6_000;
const offlineAfterMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
const askWithinMs = 5_000;
/** An attempt this young is let be when the page wakes. */
const youngMs = 3_000;

const finalStates: Readonly<Record<number, ConnectionState>> = { 204: 'ended', 401: 'refused' };

export const isFinal = (state: ConnectionState) => state === 'ended' || state === 'refused';

const always = ['heartbeat', 'gap', 'reset'];
/** An `EventSource` gives these the id of the event before them, by which they would be taken for known. */
const withoutId: ReadonlySet<string> = new Set(['hello', 'gap', 'reset']);

/**
 * One EventSource with a listener per event type. The browser reconnects by itself after a cut; what it
 * gives up on (an HTTP error) and what it cannot see (a half-open connection) is taken up here. Knows neither
 * window nor document, so that it runs in a worker too.
 */
export function openConnection(options: ConnectionOptions): Connection {
  const { path = feedPath, fetchRecent, onFrame, onState } = options;
  const Source = options.eventSource ?? EventSource;
  let types = options.types;
  let lastEventId = options.lastEventId ?? '';
  let source: EventSource | null = null;
  let state: ConnectionState = 'connecting';
  let heardAtMs = 0;
  let openedAtMs = 0;
  let lostAtMs: number | null = performance.now();
  let hasSpoken = false;
  let attempts = 0;
  /** Requests in a row that were given up before their first byte. */
  let unanswered = 0;
  let retry: ReturnType<typeof setTimeout> | null = null;
  /** The past is being fetched; the feed goes on where that ends. */
  let fetching: AbortController | null = null;

  function enter(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    onState(next);
  }

  function address(): string {
    const query = new URLSearchParams({ types: types.join(',') });
    if (lastEventId) query.set('lastEventId', lastEventId);
    else query.set('window', String(liveSpanSeconds));
    return `${path}?${query}`;
  }

  function connect(): void {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    source?.close();
    source = null;
    fetching?.abort();
    fetching = null;
    openedAtMs = heardAtMs = performance.now();
    hasSpoken = false;
    if (fetchRecent && lastEventId === '') void begin(fetchRecent);
    else open();
  }

  async function begin(fetchPast: FetchRecent): Promise<void> {
    const own = new AbortController();
    fetching = own;
    const frames = await fetchPast(types, own.signal);
    for (const frame of frames ?? []) {
      // Whoever hears it may have had enough, or want other types.
      if (own.signal.aborted) return;
      lastEventId = frame[2] || lastEventId;
      onFrame(frame);
    }
    if (own.signal.aborted) return;
    fetching = null;
    open();
  }

  function open(): void {
    openedAtMs = heardAtMs = performance.now();
    const target = new Source(address());
    source = target;
    const hear = (event: MessageEvent<string>) => {
      heardAtMs = performance.now();
      hasSpoken = true;
      if (event.lastEventId) lastEventId = event.lastEventId;
      if (event.type === 'hello') {
        attempts = 0;
        unanswered = 0;
        lostAtMs = null;
        enter('live');
      }
      onFrame([event.type, event.data, withoutId.has(event.type) ? '' : event.lastEventId, 0]);
    };
    for (const type of new Set(['hello', ...always, ...types])) target.addEventListener(type, hear);
    target.onerror = () => {
      if (source !== target) return;
      lostAtMs ??= performance.now();
      if (target.readyState === Source.CLOSED) void givenUp(target);
    };
  }

  /** The browser has given up, and does not say why: the same request without a body does. */
  async function givenUp(target: EventSource): Promise<void> {
    let status = 0;
    let waitMs = 0;
    const deadline = deadlineAfter(askWithinMs);
    try {
      const answer = await fetch(address(), { method: 'HEAD', cache: 'no-store', signal: deadline.signal });
      status = answer.status;
      waitMs = 1000 * Number(answer.headers.get('retry-after') ?? 0) || 0;
    } catch {
      // No answer at all is one more reason to come back later.
    } finally {
      deadline.clear();
    }
    if (source !== target) return;
    const final = finalStates[status];
    if (final) {
      close();
      enter(final);
    } else {
      connectLater(waitMs);
    }
  }

  /** Full jitter: clients that were cut together do not come back together. */
  function connectLater(atLeastMs: number): void {
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts + 1));
    attempts += 1;
    const jitter = firstRetryMs + Math.random() * (ceiling - firstRetryMs);
    retry = setTimeout(connect, Math.min(longestRetryMs, atLeastMs + jitter));
  }

  function check(): void {
    const present = performance.now();
    const isOpening = !hasSpoken && unanswered < keptConnections;
    if (retry === null && present - heardAtMs >= (isOpening ? answerMs : silenceMs)) {
      lostAtMs ??= present;
      if (isOpening) unanswered += 1;
      connect();
    }
    if (lostAtMs === null || present - lostAtMs < graceMs) return;
    const isOffline = globalThis.navigator?.onLine === false || present - lostAtMs >= offlineAfterMs;
    if (isOffline) enter('offline');
    else if (state !== 'connecting') enter('reconnecting');
  }

  const watchdog = setInterval(check, 1_000);
  connect();

  function close(): void {
    clearInterval(watchdog);
    if (retry !== null) clearTimeout(retry);
    source?.close();
    source = null;
    fetching?.abort();
    fetching = null;
  }

  return {
    get state() {
      return state;
    },
    get lastEventId() {
      return lastEventId;
    },
    subscribe(next) {
      types = next;
      if (source || fetching) connect();
    },
    wake() {
      const present = performance.now();
      if (!source || present - openedAtMs < youngMs) return;
      if (lostAtMs !== null || present - heardAtMs >= silenceMs) connect();
    },
    close,
  };
}
