import { heartbeatMs as defaultHeartbeatMs } from '@/lib/protocol/limits';
import type { Hello } from '@/lib/protocol/payloads';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { openTurns, type Turns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openByteBudget } from './byte-budget';
import { openClosingCursor } from './closing-cursor';
import type { Cursor } from './cursor';
import { openEventEncoder } from './event-encoder';
import { openPages } from './event-pages';
import { FeedCursor } from './feed-cursor';
import type { FeedRequest } from './feed-query';
import { StreamRegistry } from './stream-registry';
import { SubscriptionPool } from './subscription-pool';

export interface FeedOptions {
  readonly log: EventLog;
  /** The payload of `hello` as of now. */
  readonly hello: () => Hello;
  /** Quiet time after which a stream gets a comment and a `heartbeat`. Default: what clients count on. */
  readonly heartbeatMs?: number;
  /** Streams end at this age ± 20 %, so that dead peers and old credentials do. Default 1 h. */
  readonly maxStreamAgeMs?: number;
  /** A client that takes nothing for this long skips samples. Default 10 s. */
  readonly maxLagMs?: number;
  /** A stream that must end and whose client reads nothing is aborted after this long. Default 3 s. */
  readonly drainTimeoutMs?: number;
  /** Shares the event loop between all long work. Default: one of its own. */
  readonly turns?: Turns;
  readonly clock?: Clock;
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
  /** Whether the filter of an open stream matches events of this type. */
  wants(type: string): boolean;
  /**
   * Ends every stream after its last events, and asks clients back in 1 to 10 s. Resolves when all streams have
   * ended; those whose clients do not read are aborted.
   */
  stop(): Promise<void>;
}

export interface WaitingStream {
  /** The same object for as long as it is the same stream or group. */
  readonly key: object;
  readonly seq: number;
}

const ticksPerHeartbeat = 20;
/** Ages need no precision, and checking each stream has its price. */
const ticksPerSweep = 10;
const encodedBytes = 1024 * 1024;
/** The bound on the cached batches of all subscriptions together. */
const cachedBatchBytes = 16 * 1024 * 1024;

export const feedHeaders: Readonly<Record<string, string>> = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

export function openFeed(options: FeedOptions): Feed {
  const { log, hello, heartbeatMs = defaultHeartbeatMs, maxStreamAgeMs, drainTimeoutMs } = options;
  const { clock = systemClock, random = Math.random } = options;
  const turns = options.turns ?? openTurns({ clock });
  const encode = openEventEncoder(log, encodedBytes);
  const pages = openPages({ log, encode });
  const subscriptions = new SubscriptionPool({
    log,
    pages,
    encode,
    budget: openByteBudget(cachedBatchBytes),
  });
  const streams = new StreamRegistry<FeedCursor>({
    tickMs: heartbeatMs / ticksPerHeartbeat,
    maxStreamAgeMs,
    drainTimeoutMs,
    clock,
    random,
    onTick,
  });
  /** The cursors outside of groups: each must be woken by itself. */
  const individuals = new Set<FeedCursor>();
  let ticks = 0;
  let logId = log.id;

  function onTick(nowMs: number): void {
    ticks += 1;
    if (streams.isStopped || ticks % ticksPerSweep === 0) streams.endExpired(nowMs);
    if (ticks % ticksPerSweep === 0) pages.sweep();
    const quietSinceMs = nowMs - heartbeatMs;
    for (const { group } of subscriptions.all()) group.heartbeatIfQuiet(quietSinceMs);
    for (const cursor of individuals) cursor.beat(quietSinceMs);
  }

  const stopListening = log.onAppend(() => {
    if (logId !== log.id) {
      logId = log.id;
      // Clients come back soon, to get the ids of the log that was found.
      streams.endAll(100, 1000);
    }
    for (const { subscription } of subscriptions.all()) subscription.forgetHead();
    const nowMs = clock.monotonicMs();
    for (const { group } of subscriptions.all()) group.broadcast(nowMs);
    for (const cursor of individuals) cursor.wake(nowMs);
  });

  return {
    get streams() {
      return streams.size;
    },
    *waiting() {
      for (const { group } of subscriptions.all()) if (group.hasMembers) yield { key: group, seq: group.seq };
      for (const cursor of individuals) if (cursor.wantsMore) yield { key: cursor, seq: cursor.seq };
    },
    wants: (type) => [...subscriptions.all()].some(({ subscription }) => subscription.matches(type)),
    connect(request, onClose = () => {}) {
      if (streams.isStopped)
        return openClosingCursor({
          retryMs: streams.retryMs(1_000, 10_000),
          serverTime: clock.wallMs(),
          onClose,
        });
      const { subscription, group } = subscriptions.borrow(request);
      const cursor: FeedCursor = new FeedCursor({
        log,
        turns,
        subscription,
        group,
        request,
        hello,
        clock,
        maxLagMs: options.maxLagMs ?? 10_000,
        retryMs: streams.retryMs(2_000, 5_000),
        onClose() {
          individuals.delete(cursor);
          subscriptions.release(subscription);
          streams.remove(cursor);
          if (streams.size === 0) pages.clear();
          onClose();
        },
        onMembership(isMember) {
          if (isMember) individuals.delete(cursor);
          else individuals.add(cursor);
        },
      });
      individuals.add(cursor);
      streams.add(cursor, cursor.openedAtMs);
      return cursor;
    },
    stop() {
      stopListening();
      return streams.stop();
    },
  };
}
