import type { Gap, Hello } from '@/lib/protocol/payloads';
import { atOnce, openTurns, type Turns, type Work } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openClosingCursor } from '@/lib/server/streaming/closing-cursor';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { locate } from './locate';
import type { KnownItems } from './payloads';
import { openReplayCursor, type ReplayCursor } from './replay-cursor';
import type { ReplayRequest } from './replay-query';
import { openSource, type Past } from './source';

export interface ReplaysOptions {
  readonly log: EventLog;
  readonly past: Past;
  /** Whose history is told where the log has nothing any more. */
  readonly host: string;
  readonly intervalMs: number;
  readonly hello: () => Hello;
  readonly known: () => KnownItems;
  /** Does long work without holding others up; at once by default. */
  readonly work?: <T>(work: Work<T>) => Promise<T>;
  /** Quiet time after which a stream gets a comment and a `heartbeat`. Default 10 s. */
  readonly heartbeatMs?: number;
  /** Streams end at this age ± 20 %, and clients come back for the rest. Default 1 h. */
  readonly maxStreamAgeMs?: number;
  /** A stream that must end and whose client reads nothing is cut after this long. Default 3 s. */
  readonly patienceMs?: number;
  /** Shares the event loop with everything else that reads the past. Default: one of its own. */
  readonly turns?: Turns;
  readonly now?: () => number;
  readonly monotonicNow?: () => number;
  /** 0..1, uniform. */
  readonly random?: () => number;
}

/** All streams that replay the past. */
export interface Replays {
  /** `onClose` is called once, whichever way the stream ends. */
  connect(request: ReplayRequest, onClose?: () => void): Cursor;
  readonly streams: number;
  /** The reads that streams wait for, each the same object for as long as it lasts. Those in a queue are not among them. */
  reads(): Iterable<object>;
  /** Ends every stream and asks clients back in 1 to 10 s; cuts those that do not read. */
  stop(): Promise<void>;
}

interface Age {
  /** Monotonic. */
  readonly endsAtMs: number;
  /** Once it has been asked to end: its client has until then to read. */
  cutAtMs: number;
}

const tickMs = 500;

export function openReplays(options: ReplaysOptions): Replays {
  const { log, past, host, intervalMs, hello, known } = options;
  const work = options.work ?? (async <T>(one: Work<T>) => atOnce(one));
  const now = options.now ?? Date.now;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const random = options.random ?? Math.random;
  const heartbeatMs = options.heartbeatMs ?? 10_000;
  const maxStreamAgeMs = options.maxStreamAgeMs ?? 3_600_000;
  const patienceMs = options.patienceMs ?? 3_000;
  const turns = options.turns ?? openTurns({ monotonicNow });
  const cursors = new Map<ReplayCursor, Age>();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let onEmpty: (() => void) | null = null;

  const between = (low: number, high: number) => low + random() * (high - low);

  /** The cause of most of it. */
  function causeOf(from: number, to: number): Gap['reason'] {
    let cause: Gap['reason'] = 'unknown';
    let longest = 0;
    for (const gap of past.gaps(host, from, to)) {
      const length = Math.min(gap.to, to) - Math.max(gap.from, from);
      if (length <= longest) continue;
      longest = length;
      cause = gap.cause;
    }
    return cause;
  }

  function tick(): void {
    const present = monotonicNow();
    for (const [cursor, age] of cursors) {
      if (present >= age.cutAtMs) cursor.abort();
      else if (present >= age.endsAtMs) end(cursor, age, null);
      else cursor.beat(present - heartbeatMs);
    }
  }

  function end(cursor: ReplayCursor, age: Age, retryMs: number | null): void {
    age.cutAtMs = Math.min(age.cutAtMs, monotonicNow() + patienceMs);
    cursor.finish(retryMs);
  }

  function leave(cursor: ReplayCursor): void {
    cursors.delete(cursor);
    if (cursors.size > 0) return;
    if (timer) clearInterval(timer);
    timer = null;
    onEmpty?.();
  }

  return {
    get streams() {
      return cursors.size;
    },
    *reads() {
      for (const { read } of cursors.keys()) if (read) yield read;
    },
    connect(request, onClose) {
      if (stopped) {
        return openClosingCursor({
          retryMs: Math.round(between(1_000, 10_000)),
          serverTime: now(),
          onClose: () => onClose?.(),
        });
      }
      const { types, hosts } = request;
      const lets = (type: string, of: string) => (!types || types.has(type)) && (!hosts || hosts.has(of));
      const cursor: ReplayCursor = openReplayCursor({
        logId: log.id,
        request,
        located: turns.next().then(() => locate(log, request, now())),
        openSource: (start, read) => {
          const queued = <T>(one: Work<T>) => {
            read.wait();
            return work(begun(one, read.begin));
          };
          return openSource({ log, past, host, intervalMs, lets, known, now, work: queued, start });
        },
        hello,
        causeOf,
        intervalMs,
        turns,
        retryMs: Math.round(between(2_000, 5_000)),
        now,
        monotonicNow,
        onClose() {
          leave(cursor);
          onClose?.();
        },
      });
      const endsAtMs = monotonicNow() + maxStreamAgeMs * between(0.8, 1.2);
      cursors.set(cursor, { endsAtMs, cutAtMs: Number.POSITIVE_INFINITY });
      timer ??= setInterval(tick, tickMs);
      timer.unref();
      return cursor;
    },
    stop() {
      stopped = true;
      for (const [cursor, age] of cursors) end(cursor, age, Math.round(between(1_000, 10_000)));
      if (cursors.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
  };
}

/** The same work, which tells when its turn in the queue has come. */
function* begun<T>(work: Work<T>, onBegin: () => void): Work<T> {
  onBegin();
  return yield* work;
}
