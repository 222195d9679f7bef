import { heartbeatMs } from '@/lib/protocol/limits';
import { type Backfill, openBackfill } from './backfill';
import { Connection, isFinal } from './connection';
import { FeedClock } from './feed-clock';
import { type ConnectionState, type Frame, liveSpanSeconds, localGap } from './frame';
import type { FetchRecent } from './recent-events';
import { createRing, type Entry, type Ring } from './ring';
import type { ClientMessage, FeedMessage, Join } from './shared-feed-messages';

export interface ClientPort {
  postMessage(message: FeedMessage): void;
}

/** A page's position. Holds a number and no queue: a page that takes nothing is served from the rings later. */
interface Client {
  readonly port: ClientPort;
  readonly types: ReadonlySet<string>;
  /** The last entry that was delivered; -1 before the first delivery. */
  cursor: number;
  away: boolean;
  /** A delivery has not been acknowledged yet. */
  waiting: boolean;
  sentAtMs: number;
  reportedState: ConnectionState | null;
  readonly gone: AbortController;
}

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxEntries: 4_000, maxCharacters: 4_000_000 };

/** Pages that open together change the stream once. */
const growAfterMs = 50;
/** A page that reloads finds its types still streamed. */
const shrinkAfterMs = 5_000;
const awayBatchMs = 3_000;
/** A page that has not acknowledged a delivery for this long is closed, crashed or frozen. */
const deadAfterMs = 30_000;
/** Each holds one of the few connections that HTTP/1.1 allows. */
const backfillsMax = 2;

/** The feed's own events, which every page needs. */
const control = 'control';
const controlTypes: ReadonlySet<string> = new Set(['hello', 'heartbeat', 'gap', 'reset']);

export interface SharedFeedOptions {
  /** A faster source of the span of live charts than the feed itself. */
  readonly fetchRecent?: FetchRecent | undefined;
}

/** Calls back once after a delay, however often it is asked to meanwhile. */
class Debounced {
  #timer: ReturnType<typeof setTimeout> | null = null;

  schedule(run: () => void, afterMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      run();
    }, afterMs);
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** One stream of events for all pages of an origin: a log of the last minutes, and a cursor per page. */
export class SharedFeed {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #fetchRecent: FetchRecent | undefined;
  readonly #clients = new Map<ClientPort, Client>();
  readonly #rings = new Map<string, Ring>([[control, createRing(bounds)]]);
  readonly #backfills = new Set<Backfill>();
  readonly #clock = new FeedClock();
  #connection: Connection | null = null;
  /** The number of the newest entry over all rings. */
  #head = 0;
  readonly #flushing = new Debounced();
  readonly #growing = new Debounced();
  readonly #shrinking = new Debounced();
  #ticking: ReturnType<typeof setInterval> | null = null;

  constructor({ fetchRecent }: SharedFeedOptions = {}) {
    this.#fetchRecent = fetchRecent;
  }

  /** Welcomes a page; returns the function that takes its messages. */
  attach(port: ClientPort): (message: ClientMessage) => void {
    port.postMessage('welcome');
    return (message) => {
      if (typeof message === 'object' && 'join' in message) this.#join(port, message.join);
      else if (message === 'bye') this.#leave(port);
      else {
        const client = this.#clients.get(port);
        if (client) this.#handle(client, message);
        else port.postMessage('rejoin');
      }
    };
  }

  get #state(): ConnectionState {
    return this.#connection?.state ?? 'connecting';
  }

  get #streamed(): string[] {
    return [...this.#rings.keys()].filter((type) => type !== control);
  }

  get #wanted(): ReadonlySet<string> {
    return new Set([...this.#clients.values()].flatMap(({ types }) => [...types]));
  }

  #append(ring: string, frame: Frame, ageMs = 0): void {
    this.#head += 1;
    this.#rings.get(ring)?.push({ n: this.#head, atMs: performance.now() - ageMs, frame });
    // One delivery for all that arrived in one chunk.
    this.#flushing.schedule(() => this.#deliverAll(), 0);
  }

  #receive(frame: Frame): void {
    const [type] = frame;
    const backfill = [...this.#backfills].find(({ types }) => types.has(type));
    if (backfill) backfill.hold(frame);
    // Of types that are no longer subscribed, some frames may still arrive; they are dropped.
    else if (this.#rings.has(type)) this.#append(type, frame);
    else if (controlTypes.has(type)) this.#append(control, frame);
    this.#clock.receive(frame);
  }

  /** Frames of a type that is added later: pages that are live already must not take them for the present. */
  #appendBackfilled(type: string, frame: Frame): void {
    this.#append(type, frame, this.#clock.ageMsOf(frame));
  }

  /** The frames that follow a client's cursor, with a gap in front when the rings no longer reach back to it. */
  #framesAfter({ cursor, types }: Client): Frame[] {
    const entries: Entry[] = [];
    const frames: Frame[] = [];
    let missed = false;
    for (const [type, ring] of this.#rings) {
      if (type !== control && !types.has(type)) continue;
      missed ||= cursor >= 0 && ring.trimmedTo > cursor;
      entries.push(...ring.after(cursor));
    }
    const isNew = cursor < 0;
    const hello = isNew && this.#clock.hello();
    if (hello) frames.push(hello);
    if (missed) frames.push(localGap);
    const nowMs = performance.now();
    for (const { frame, atMs } of entries.sort((a, b) => a.n - b.n)) {
      const [type, data, eventId] = frame;
      // A new page has a greeting of its own; of older control events it needs only the gaps.
      if (isNew && (type === 'hello' || type === 'heartbeat')) continue;
      frames.push([type, data, eventId, Math.round(nowMs - atMs)]);
    }
    return frames;
  }

  #deliverAll(): void {
    for (const client of this.#clients.values()) this.#deliver(client);
  }

  /** `always`: also when there is nothing new, or the last delivery is not acknowledged. */
  #deliver(client: Client, always = false): void {
    const nowMs = performance.now();
    if (client.waiting && !always) return;
    const isOtherState = client.reportedState !== this.#state;
    if (client.away && !isOtherState && !always && nowMs - client.sentAtMs < awayBatchMs) return;
    const frames = this.#framesAfter(client);
    if (frames.length === 0 && !isOtherState && !always) return;
    // A page that joined before the first greeting is new until that has arrived.
    if (this.#clock.isGreeted) client.cursor = this.#head;
    client.waiting = true;
    client.sentAtMs = nowMs;
    client.reportedState = this.#state;
    client.port.postMessage({ feed: this.#id, n: client.cursor, state: this.#state, frames });
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const ring of this.#rings.values()) ring.trim(nowMs);
    for (const client of this.#clients.values()) {
      const quietMs = nowMs - client.sentAtMs;
      if (client.waiting && quietMs > deadAfterMs) this.#leave(client.port);
      // Without events, an empty delivery shows that the worker is alive.
      else if (!client.waiting) this.#deliver(client, quietMs > heartbeatMs);
    }
  }

  /** Streams what is wanted and not yet streamed, without a gap and without duplicates. */
  #grow(): void {
    const missing = [...this.#wanted].filter((type) => !this.#rings.has(type));
    if (missing.length === 0 && this.#connection) return;
    const position = this.#connection?.lastEventId ?? '';
    if (position && this.#backfills.size >= backfillsMax) return;
    for (const type of missing) this.#rings.set(type, createRing(bounds));
    if (!this.#connection) {
      this.#connection = new Connection({
        types: this.#streamed,
        fetchRecent: this.#fetchRecent,
        onFrame: (frame) => this.#receive(frame),
        onState: () => {
          this.#flushing.cancel();
          this.#deliverAll();
        },
      });
      return;
    }
    // Before the first position nothing was delivered: the stream begins anew, with all types.
    if (position) this.#backfill(missing, position);
    this.#connection.subscribe(this.#streamed);
  }

  /**
   * Fetches the last minutes of added types by a short connection of its own. The shared stream goes on at
   * `position` for all types; what it brings of these is held until the backfill is complete.
   */
  #backfill(types: readonly string[], position: string): void {
    const backfill = openBackfill({
      types,
      position,
      fetchRecent: this.#fetchRecent,
      onFrame: (type, frame) => this.#appendBackfilled(type, frame),
      onDone: () => {
        this.#backfills.delete(backfill);
        this.#growing.cancel();
        this.#grow();
      },
    });
    this.#backfills.add(backfill);
  }

  #shrinkLater(): void {
    this.#shrinking.schedule(() => this.#shrink(), shrinkAfterMs);
  }

  #shrink(): void {
    if (this.#backfills.size > 0) {
      this.#shrinkLater();
      return;
    }
    const wanted = this.#wanted;
    const idle = this.#streamed.filter((type) => !wanted.has(type));
    if (idle.length === 0 || !this.#connection) return;
    for (const type of idle) this.#rings.delete(type);
    this.#connection.subscribe(this.#streamed);
  }

  #join(port: ClientPort, { types, after, away }: Join): void {
    this.#leave(port);
    // The user may have signed in again since the feed was refused.
    if (this.#connection && isFinal(this.#connection.state)) this.#reset();
    const client: Client = {
      port,
      types: new Set(types),
      cursor: after?.feed === this.#id ? after.n : -1,
      away,
      waiting: false,
      sentAtMs: Number.NEGATIVE_INFINITY,
      reportedState: null,
      gone: new AbortController(),
    };
    this.#clients.set(port, client);
    this.#ticking ??= setInterval(() => this.#tick(), 1_000);
    if (!this.#connection) {
      this.#growing.cancel();
      this.#grow();
    } else this.#growing.schedule(() => this.#grow(), growAfterMs);
    this.#deliver(client);
  }

  #leave(port: ClientPort): void {
    const client = this.#clients.get(port);
    if (!client) return;
    this.#clients.delete(port);
    client.gone.abort();
    if (this.#clients.size === 0) this.#close();
    else this.#shrinkLater();
  }

  /** The last page has left. */
  #close(): void {
    this.#reset();
    for (const debounced of [this.#growing, this.#shrinking, this.#flushing]) debounced.cancel();
    if (this.#ticking !== null) clearInterval(this.#ticking);
    this.#ticking = null;
  }

  /** Drops all that was received: the next connection fetches the last minutes again. */
  #reset(): void {
    this.#connection?.close();
    this.#connection = null;
    for (const backfill of this.#backfills) backfill.close();
    this.#backfills.clear();
    this.#rings.clear();
    this.#rings.set(control, createRing(bounds));
    this.#clock.reset();
    for (const client of this.#clients.values()) client.cursor = -1;
  }

  /** The lock is granted when the page that holds it is gone, for whatever reason. */
  #leaveWithLock(client: Client, lock: string): void {
    navigator.locks
      ?.request(lock, { signal: client.gone.signal }, () => {
        if (this.#clients.get(client.port) === client) this.#leave(client.port);
      })
      .catch(() => {
        // Aborted: the page left by itself.
      });
  }

  #handle(client: Client, message: Exclude<ClientMessage, 'bye' | { join: Join }>): void {
    if (message === 'wake') {
      this.#connection?.wake();
    } else if (message === 'ping') {
      this.#deliver(client, true);
    } else if (message === 'ack') {
      client.waiting = false;
      this.#deliver(client);
    } else if ('lock' in message) {
      this.#leaveWithLock(client, message.lock);
    } else {
      client.away = message.away;
      this.#deliver(client);
    }
  }
}
