import { heartbeatMs as defaultHeartbeatMs } from '@/lib/protocol/limits';
import type { Gap, Hello } from '@/lib/protocol/payloads';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { openTurns, runToEnd, type Turns, type Work } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openClosingCursor } from '@/lib/server/streaming/closing-cursor';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { StreamRegistry } from '@/lib/server/streaming/stream-registry';
import { ReplayCursor } from './replay-cursor';
import type { ReplayRequest } from './replay-query';
import { resolveStart } from './resolve-start';
import type { KnownItems } from './sample-builders';
import { type ReplayHistory, StepSource } from './step-source';

export interface ReplaysOptions {
  readonly log: EventLog;
  readonly history: ReplayHistory;
  /** Whose history is replayed where samples have expired from the log. */
  readonly host: string;
  readonly intervalMs: number;
  readonly hello: () => Hello;
  readonly known: () => KnownItems;
  /** Does long work without blocking the event loop; at once by default. */
  readonly work?: <T>(work: Work<T>) => Promise<T>;
  /** Quiet time after which a stream gets a comment and a `heartbeat`. Default: what clients count on. */
  readonly heartbeatMs?: number;
  /** Streams end at this age ± 20 %, and clients come back for the rest. Default 1 h. */
  readonly maxStreamAgeMs?: number;
  /** A stream that must end and whose client reads nothing is aborted after this long. Default 3 s. */
  readonly drainTimeoutMs?: number;
  /** Shares the event loop between all long work. Default: one of its own. */
  readonly turns?: Turns;
  readonly clock?: Clock;
  /** 0..1, uniform. */
  readonly random?: () => number;
}

/** All open replays. */
export interface Replays {
  /** `onClose` is called once, whichever way the stream ends. */
  connect(request: ReplayRequest, onClose?: () => void): Cursor;
  readonly streams: number;
  /** The reads that streams wait for, each the same object while it lasts; without those that wait in a queue. */
  reads(): Iterable<object>;
  /** Ends every stream and asks clients back in 1 to 10 s; aborts those whose clients do not read. */
  stop(): Promise<void>;
}

const tickMs = 500;

export function openReplays(options: ReplaysOptions): Replays {
  const { log, history, host, intervalMs, hello, known, heartbeatMs = defaultHeartbeatMs } = options;
  const { clock = systemClock, random = Math.random } = options;
  const work = options.work ?? (async <T>(one: Work<T>) => runToEnd(one));
  const turns = options.turns ?? openTurns({ clock });
  const streams = new StreamRegistry<ReplayCursor>({
    tickMs,
    maxStreamAgeMs: options.maxStreamAgeMs,
    drainTimeoutMs: options.drainTimeoutMs,
    clock,
    random,
    onTick(nowMs) {
      streams.endExpired(nowMs);
      for (const cursor of streams.cursors()) cursor.heartbeatIfQuiet(nowMs - heartbeatMs);
    },
  });

  /** The cause that covers most of a gap. */
  function causeOf(from: number, to: number): Gap['reason'] {
    let cause: Gap['reason'] = 'unknown';
    let longest = 0;
    for (const gap of history.gaps(host, from, to)) {
      const length = Math.min(gap.to, to) - Math.max(gap.from, from);
      if (length <= longest) continue;
      longest = length;
      cause = gap.cause;
    }
    return cause;
  }

  return {
    get streams() {
      return streams.size;
    },
    *reads() {
      for (const { read } of streams.cursors()) if (read) yield read;
    },
    connect(request, onClose = () => {}) {
      if (streams.isStopped)
        return openClosingCursor({
          retryMs: streams.retryMs(1_000, 10_000),
          serverTime: clock.wallMs(),
          onClose,
        });
      const { types, hosts } = request;
      const matches = (type: string, of: string) => (!types || types.has(type)) && (!hosts || hosts.has(of));
      const cursor: ReplayCursor = new ReplayCursor({
        logId: log.id,
        request,
        start: turns.next().then(() => resolveStart(log, request, clock)),
        openSource(start, reads) {
          const queued = <T>(one: Work<T>) => {
            reads.noteQueued();
            return work(begun(one, () => reads.noteBegin()));
          };
          return new StepSource({
            log,
            history,
            host,
            intervalMs,
            matches,
            known,
            clock,
            work: queued,
            start,
          });
        },
        hello,
        causeOf,
        intervalMs,
        turns,
        retryMs: streams.retryMs(2_000, 5_000),
        clock,
        onClose() {
          streams.remove(cursor);
          onClose();
        },
      });
      streams.add(cursor, clock.monotonicMs());
      return cursor;
    },
    stop: () => streams.stop(),
  };
}

/** The same work, which reports when its turn in the queue has come. */
function* begun<T>(work: Work<T>, onBegin: () => void): Work<T> {
  onBegin();
  return yield* work;
}
