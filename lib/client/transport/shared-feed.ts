import { tellsTime } from '@/lib/protocol/event-types';
import type { Heartbeat, Hello } from '@/lib/protocol/payloads';
import { type Backfill, openBackfill } from './backfill';
import { type Connection, isFinal, openConnection } from './connection';
import { type Frame, liveSpanSeconds, localGap } from './frame';
import { createHostClock } from './host-clock';
import type { FetchRecent } from './recent-events';
import { createRing, type Entry, type Ring } from './ring';
import type { ClientMessage, FeedMessage, Join } from './shared-feed-messages';

export interface ClientPort {
  postMessage(message: FeedMessage): void;
}

/** One stream of events for all pages of an origin: a log of the last minutes, and a cursor per page. */
export interface Hub {
  /** Takes what a page says; returned for each page once. */
  attach(port: ClientPort): (message: ClientMessage) => void;
}

/** A page's place. It holds a number and no queue: a page that does not take is served from the rings later. */
interface Seat {
  readonly port: ClientPort;
  readonly types: ReadonlySet<string>;
  /** What it has had; -1 before its first delivery. */
  cursor: number;
  away: boolean;
  /** A delivery is under way that it has not acknowledged. */
  waiting: boolean;
  sentAtMs: number;
  said: string;
  readonly gone: AbortController;
}

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxEntries: 4_000, maxCharacters: 4_000_000 };

/** Pages that open together change the stream once. */
const growAfterMs = 50;
/** A page that reloads finds what it left. */
const shrinkAfterMs = 5_000;
const awayBatchMs = 3_000;
const pulseMs = 10_000;
/** A page that has not taken a delivery for this long is closed, crashed or frozen. */
const deadAfterMs = 30_000;
/** Each holds one of the few connections that HTTP/1.1 allows. */
const maxBackfills = 2;

/** What the feed says of itself, which every page needs. */
const control = 'control';
const controlTypes: ReadonlySet<string> = new Set(['hello', 'heartbeat', 'gap', 'reset']);

export interface HubOptions {
  /** A shorter way to what live charts span than the feed itself. */
  readonly fetchRecent?: FetchRecent | undefined;
}

export function createHub({ fetchRecent }: HubOptions = {}): Hub {
  const id = Math.random().toString(36).slice(2);
  const seats = new Map<ClientPort, Seat>();
  const rings = new Map<string, Ring>([[control, createRing(bounds)]]);
  const backfills = new Set<Backfill>();
  let connection: Connection | null = null;
  /** The newest greeting, and the host's clock by which it is brought up to date for who comes later. */
  let hello: Hello | null = null;
  const clock = createHostClock(0);
  const sampledAt = new Map<string, number>();
  let n = 0;
  let flushing: ReturnType<typeof setTimeout> | null = null;
  let growing: ReturnType<typeof setTimeout> | null = null;
  let shrinking: ReturnType<typeof setTimeout> | null = null;
  let ticking: ReturnType<typeof setInterval> | null = null;

  const state = () => connection?.state ?? 'connecting';
  const streamed = () => [...rings.keys()].filter((type) => type !== control);

  function append(ring: string, frame: Frame, ageMs = 0): void {
    n += 1;
    rings.get(ring)?.push({ n, atMs: performance.now() - ageMs, frame });
    // Once for all that came in one piece.
    flushing ??= setTimeout(flush, 0);
  }

  function flush(): void {
    flushing = null;
    for (const seat of seats.values()) deliver(seat);
  }

  function hear(frame: Frame): void {
    const [type, data] = frame;
    const backfill = [...backfills].find(({ types }) => types.has(type));
    if (backfill) backfill.hold(frame);
    // Of a type that nobody wants any more, what is still on its way is nobody's.
    else if (rings.has(type)) append(type, frame);
    else if (controlTypes.has(type)) append(control, frame);
    tellTime(type, data);
  }

  function tellTime(type: string, data: string): void {
    if (type === 'hello') {
      hello = JSON.parse(data) as Hello;
      sampledAt.clear();
      clock.restart();
      clock.add(hello.serverTime);
    } else if (type === 'heartbeat') {
      clock.add((JSON.parse(data) as Heartbeat).serverTime);
    } else if (hello && tellsTime(type)) {
      const { t } = JSON.parse(data) as { t: number };
      const steppedBack = t < (sampledAt.get(type) ?? 0);
      sampledAt.set(type, t);
      if (steppedBack) clock.restart();
      // What is older than the greeting is replayed.
      if (steppedBack || t > hello.serverTime) clock.add(t);
    }
  }

  /** Of a type that comes in late: pages that are live already would take it for what happens now. */
  function appendPast(type: string, frame: Frame): void {
    const { t } = JSON.parse(frame[1]) as { t: number };
    append(type, frame, hello && tellsTime(frame[0]) ? Math.max(0, clock.now() - t) : 0);
  }

  function unseen({ cursor, types }: Seat): Frame[] {
    const entries: Entry[] = [];
    const frames: Frame[] = [];
    let missed = false;
    for (const [type, ring] of rings) {
      if (type !== control && !types.has(type)) continue;
      missed ||= cursor >= 0 && ring.trimmedTo > cursor;
      entries.push(...ring.after(cursor));
    }
    if (cursor < 0 && hello)
      frames.push(['hello', JSON.stringify({ ...hello, serverTime: Math.round(clock.now()) }), '', 0]);
    if (missed) frames.push(localGap);
    const nowMs = performance.now();
    for (const { frame, atMs } of entries.sort((a, b) => a.n - b.n)) {
      const [type, data, eventId] = frame;
      // Of what the feed said before a page came, it needs the holes alone.
      if (cursor < 0 && (type === 'hello' || type === 'heartbeat')) continue;
      frames.push([type, data, eventId, Math.round(nowMs - atMs)]);
    }
    return frames;
  }

  function deliver(seat: Seat, always = false): void {
    const nowMs = performance.now();
    if (seat.waiting && !always) return;
    const isNews = seat.said !== state();
    if (seat.away && !isNews && !always && nowMs - seat.sentAtMs < awayBatchMs) return;
    const frames = unseen(seat);
    if (frames.length === 0 && !isNews && !always) return;
    // A page that came before the first greeting is new until that has come.
    if (hello) seat.cursor = n;
    seat.waiting = true;
    seat.sentAtMs = nowMs;
    seat.said = state();
    seat.port.postMessage({ feed: id, n: seat.cursor, state: state(), frames });
  }

  function tick(): void {
    const nowMs = performance.now();
    for (const ring of rings.values()) ring.trim(nowMs);
    for (const seat of seats.values()) {
      const quietMs = nowMs - seat.sentAtMs;
      if (seat.waiting && quietMs > deadAfterMs) leave(seat.port);
      else if (!seat.waiting) deliver(seat, quietMs > pulseMs);
    }
  }

  /** Streams what is wanted and not yet streamed, without a hole and without a double. */
  function grow(): void {
    growing = null;
    const wanted = [...seats.values()].flatMap(({ types }) => [...types]);
    const missing = [...new Set(wanted)].filter((type) => !rings.has(type));
    if (missing.length === 0 && connection) return;
    const position = connection?.lastEventId ?? '';
    if (position && backfills.size >= maxBackfills) return;
    for (const type of missing) rings.set(type, createRing(bounds));
    if (!connection) {
      connection = openConnection({ types: streamed(), fetchRecent, onFrame: hear, onState: flush });
      return;
    }
    // Before the first position nobody has had anything: the stream begins anew, with all types.
    if (position) fill(missing, position);
    connection.subscribe(streamed());
  }

  /**
   * The past of types that come in late, by a short connection of its own: the shared stream goes on at
   * `position` for all of them, and what comes on it meanwhile waits until the past is complete.
   */
  function fill(types: readonly string[], position: string): void {
    const backfill = openBackfill({
      types,
      position,
      fetchRecent,
      onFrame: appendPast,
      onDone() {
        backfills.delete(backfill);
        grow();
      },
    });
    backfills.add(backfill);
  }

  function shrink(): void {
    shrinking = null;
    if (backfills.size > 0) {
      shrinking = setTimeout(shrink, shrinkAfterMs);
      return;
    }
    const wanted = new Set([...seats.values()].flatMap(({ types }) => [...types]));
    const idle = streamed().filter((type) => !wanted.has(type));
    if (idle.length === 0 || !connection) return;
    for (const type of idle) rings.delete(type);
    connection.subscribe(streamed());
  }

  function join(port: ClientPort, { types, after, away }: Join): void {
    leave(port);
    // Whoever comes after a refusal may have signed in.
    if (connection && isFinal(connection.state)) forget();
    const seat: Seat = {
      port,
      types: new Set(types),
      cursor: after?.feed === id ? after.n : -1,
      away,
      waiting: false,
      sentAtMs: Number.NEGATIVE_INFINITY,
      said: '',
      gone: new AbortController(),
    };
    seats.set(port, seat);
    ticking ??= setInterval(tick, 1_000);
    if (!connection) grow();
    else growing ??= setTimeout(grow, growAfterMs);
    deliver(seat);
  }

  function leave(port: ClientPort): void {
    const seat = seats.get(port);
    if (!seat) return;
    seats.delete(port);
    seat.gone.abort();
    shrinking ??= setTimeout(shrink, shrinkAfterMs);
    if (seats.size === 0) close();
  }

  /** Nobody is left. */
  function close(): void {
    forget();
    for (const timer of [growing, shrinking, flushing, ticking]) if (timer !== null) clearTimeout(timer);
    growing = shrinking = flushing = ticking = null;
  }

  /** Begins anew, with the past as the server has it: nobody hears what happens from here on. */
  function forget(): void {
    connection?.close();
    connection = null;
    for (const backfill of backfills) backfill.close();
    backfills.clear();
    rings.clear();
    rings.set(control, createRing(bounds));
    hello = null;
    for (const seat of seats.values()) seat.cursor = -1;
  }

  /** Granted when the page that holds the lock is gone, however it went. */
  function watch(seat: Seat, lock: string): void {
    navigator.locks
      ?.request(lock, { signal: seat.gone.signal }, () => {
        if (seats.get(seat.port) === seat) leave(seat.port);
      })
      .catch(() => {
        // Aborted: the page said goodbye itself.
      });
  }

  function attend(seat: Seat, message: Exclude<ClientMessage, 'bye' | { join: Join }>): void {
    if (message === 'wake') {
      connection?.wake();
    } else if (message === 'ping') {
      deliver(seat, true);
    } else if (message === 'ack') {
      seat.waiting = false;
      deliver(seat);
    } else if ('lock' in message) {
      watch(seat, message.lock);
    } else {
      seat.away = message.away;
      deliver(seat);
    }
  }

  return {
    attach(port) {
      port.postMessage('welcome');
      return (message) => {
        if (typeof message === 'object' && 'join' in message) join(port, message.join);
        else if (message === 'bye') leave(port);
        else {
          const seat = seats.get(port);
          if (seat) attend(seat, message);
          else port.postMessage('rejoin');
        }
      };
    },
  };
}
