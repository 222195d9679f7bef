import type { Hello } from '@/lib/protocol/payloads';
import { openTurns, type Turns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openRide, type Ride } from './broadcast-group';
import { openByteBudget } from './byte-budget';
import { openClosingCursor } from './closing-cursor';
import { type Cursor, type FeedCursor, openCursor } from './cursor';
import { openEncodings } from './encodings';
import type { FeedRequest } from './feed-query';
import { openPages } from './pages';
import { openSelection, type Selection, selectionKey } from './subscription';

export interface FeedOptions {
  readonly log: EventLog;
  /** The payload of `hello` as of now. */
  readonly hello: () => Hello;
  /** Quiet time after which a stream gets a comment and a `heartbeat`. Default 10 s. */
  readonly heartbeatMs?: number;
  /** Streams end at this age ± 20 %, so that dead peers and old credentials do. Default 1 h. */
  readonly maxStreamAgeMs?: number;
  /** A client that takes nothing for this long skips samples. Default 10 s. */
  readonly maxLagMs?: number;
  /** A stream that must end and whose client reads nothing is cut after this long. Default 3 s. */
  readonly patienceMs?: number;
  /** Shares the event loop with everything else that reads the past. Default: one of its own. */
  readonly turns?: Turns;
  readonly now?: () => number;
  readonly monotonicNow?: () => number;
  /** 0..1, uniform. */
  readonly random?: () => number;
}

/** All open streams: one listener on the log and one timer, however many clients there are. */
export interface Feed {
  /** `onClose` is called once, whichever way the stream ends. */
  connect(request: FeedRequest, onClose?: () => void): Cursor;
  readonly streams: number;
  /** The positions of streams that wait for the log, one for each group that shares its position. */
  waiting(): Iterable<WaitingStream>;
  /** Whether a stream is open that lets events of this type pass. */
  wants(type: string): boolean;
  /**
   * Lets every stream end after what it has not had yet, and asks clients back in 1 to 10 s. Resolves when all
   * have; those that do not read are cut.
   */
  stop(): Promise<void>;
}

export interface WaitingStream {
  /** The same object for as long as it is the same stream or group. */
  readonly key: object;
  readonly seq: number;
}

interface Age {
  readonly selection: Selection;
  /** Monotonic. */
  readonly endsAtMs: number;
  /** Once it has been asked to end: its client has until then to read. */
  cutAtMs: number;
}

const ticksPerHeartbeat = 20;
/** An hour need not be kept to the second, and looking at each stream has its price. */
const ticksPerSweep = 10;
const encodedBytes = 1024 * 1024;
/** What all selections together remember of runs that were packed. */
const packedBytes = 16 * 1024 * 1024;

export const feedHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export function openFeed(options: FeedOptions): Feed {
  const { log, hello } = options;
  const now = options.now ?? Date.now;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const heartbeatMs = options.heartbeatMs ?? 10_000;
  const maxStreamAgeMs = options.maxStreamAgeMs ?? 3_600_000;
  const maxLagMs = options.maxLagMs ?? 10_000;
  const patienceMs = options.patienceMs ?? 3_000;

  const cursors = new Map<FeedCursor, Age>();
  /** Those that go their own way, and must be woken for each event. */
  const afoot = new Set<FeedCursor>();
  const selections = new Map<string, { readonly selection: Selection; readonly ride: Ride; users: number }>();
  const turns = options.turns ?? openTurns({ monotonicNow });
  const encode = openEncodings(log, encodedBytes);
  const pages = openPages({ log, encode });
  const memory = openByteBudget(packedBytes);
  let timer: NodeJS.Timeout | null = null;
  let ticks = 0;
  let logId = log.id;
  let stopped = false;
  let onEmpty: (() => void) | null = null;

  const comeBackMs = () => Math.round(between(1000, 10_000));
  const between = (low: number, high: number) => low + random() * (high - low);

  function borrowSelection(request: FeedRequest) {
    const key = selectionKey(request);
    const entry = selections.get(key) ?? openShared(request);
    entry.users += 1;
    selections.set(key, entry);
    return entry;
  }

  function openShared(request: FeedRequest) {
    const selection = openSelection({ log, request, pages, encode, memory });
    return { selection, ride: openRide(log, selection), users: 0 };
  }

  function returnSelection({ key }: Selection): void {
    const entry = selections.get(key);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    selections.delete(key);
    entry.selection.clear();
  }

  function tick(): void {
    const present = monotonicNow();
    ticks += 1;
    if (stopped || ticks % ticksPerSweep === 0) endOld(present);
    if (ticks % ticksPerSweep === 0) pages.sweep();
    const quietSince = present - heartbeatMs;
    for (const { ride } of selections.values()) ride.beat(quietSince);
    for (const cursor of afoot) cursor.beat(quietSince);
  }

  function endOld(present: number): void {
    for (const [cursor, age] of cursors) {
      if (present >= age.cutAtMs) cursor.abort();
      else if (present >= age.endsAtMs) end(cursor, age, present, null);
    }
  }

  function end(cursor: FeedCursor, age: Age, present: number, retryMs: number | null): void {
    age.cutAtMs = Math.min(age.cutAtMs, present + patienceMs);
    cursor.finish(retryMs);
  }

  function leave(cursor: FeedCursor): void {
    const entry = cursors.get(cursor);
    if (!entry) return;
    cursors.delete(cursor);
    afoot.delete(cursor);
    returnSelection(entry.selection);
    if (cursors.size > 0) return;
    if (timer) clearInterval(timer);
    timer = null;
    pages.clear();
    onEmpty?.();
  }

  /** Streams under the id that the log had before end, and their clients come back for the new one. */
  function endFormer(): void {
    logId = log.id;
    const present = monotonicNow();
    for (const [cursor, age] of cursors) end(cursor, age, present, Math.round(between(100, 1000)));
  }

  const stopListening = log.onAppend(() => {
    if (logId !== log.id) endFormer();
    for (const { selection } of selections.values()) selection.forgetHead();
    const present = monotonicNow();
    for (const { ride } of selections.values()) ride.carry(present);
    for (const cursor of afoot) cursor.wake(present);
  });

  return {
    get streams() {
      return cursors.size;
    },
    *waiting() {
      for (const { ride } of selections.values()) if (ride.isShared) yield { key: ride, seq: ride.seq };
      for (const cursor of afoot) if (cursor.wantsMore) yield { key: cursor, seq: cursor.seq };
    },
    wants: (type) => [...selections.values()].some(({ selection }) => selection.lets(type)),
    connect(request, onClose) {
      if (stopped) {
        return openClosingCursor({
          retryMs: comeBackMs(),
          serverTime: now(),
          onClose: () => onClose?.(),
        });
      }
      const { selection, ride } = borrowSelection(request);
      const cursor: FeedCursor = openCursor({
        log,
        turns,
        selection,
        ride,
        request,
        hello,
        now,
        monotonicNow,
        maxLagMs,
        retryMs: Math.round(between(2000, 5000)),
        onClose() {
          leave(cursor);
          onClose?.();
        },
        onRide(riding) {
          if (riding) afoot.delete(cursor);
          else afoot.add(cursor);
        },
      });
      afoot.add(cursor);
      const endsAtMs = cursor.openedAtMs + maxStreamAgeMs * between(0.8, 1.2);
      cursors.set(cursor, { selection, endsAtMs, cutAtMs: Number.POSITIVE_INFINITY });
      timer ??= setInterval(tick, heartbeatMs / ticksPerHeartbeat);
      timer.unref();
      return cursor;
    },
    stop() {
      stopped = true;
      stopListening();
      const present = monotonicNow();
      for (const [cursor, entry] of cursors) {
        end(cursor, entry, present, comeBackMs());
      }
      if (cursors.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
  };
}
