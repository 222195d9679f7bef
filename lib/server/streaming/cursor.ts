import { formatEventId, parseEventId } from '@/lib/protocol/event-id';
import type { Gap, GapReason, Hello } from '@/lib/protocol/payloads';
import type { Turns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Ride, Rider } from './broadcast-group';
import { type Chunk, chunkOfText } from './chunk';
import { encodeEvent } from './encode';
import type { FeedRequest } from './feed-query';
import { encodeHeartbeat } from './heartbeat';
import { pageEvents } from './pages';
import type { Batch, Selection } from './subscription';

/**
 * One client's place in the log. It holds a number and no queue: a sink takes bytes when its client can have
 * them, so a slow client costs nothing, and live and replay are the same path.
 */
export interface Cursor {
  /** What the client gets next, or `null` when there is nothing now (or nothing more, once `ended`). */
  take(): Chunk | null;
  /** True when the last byte was taken and the sink must close. */
  readonly ended: boolean;
  /** True when it ended before its client had all of it: the sink must cut. */
  readonly aborted: boolean;
  /**
   * Called when `take` is worth another try, and when the cursor is aborted. One listener; `null` takes it away.
   * With `send`, what all get is handed over without being asked for, until `send` answers that it was enough.
   */
  onReady(listener: (() => void) | null, send?: (chunk: Chunk) => boolean): void;
  /** The client is gone. Safe to call twice. */
  close(): void;
}

/** What the feed does with its cursors. */
export interface FeedCursor extends Cursor {
  /** The log has grown. */
  wake(nowMs: number): void;
  /** Ends the stream after what is there now, with the delay after which the client may come back. */
  finish(retryMs: number | null): void;
  /** Ends it now, whatever the client has had: it does not read. */
  abort(): void;
  /** Asks for a heartbeat when nothing was taken since `sinceMs` (monotonic). A ride asks for its riders. */
  beat(sinceMs: number): void;
  readonly openedAtMs: number;
  /** Its position in the log. */
  readonly seq: number;
  /** Its client can take more, and there was nothing for it when it last asked. */
  readonly wantsMore: boolean;
}

export interface CursorOptions {
  readonly log: EventLog;
  /** Shares the event loop between streams that are behind. */
  readonly turns: Turns;
  readonly selection: Selection;
  /** What the cursors of this selection share while they are at the head. */
  readonly ride: Ride;
  readonly request: FeedRequest;
  readonly hello: () => Hello;
  readonly retryMs: number;
  /** A client that was at the head and takes nothing for longer skips samples. */
  readonly maxLagMs: number;
  /** Unix ms. */
  readonly now: () => number;
  /** Milliseconds that never step back. */
  readonly monotonicNow: () => number;
  readonly onClose: () => void;
  /** It shares its place with others from here on, and need not be woken; or no longer. */
  readonly onRide: (riding: boolean) => void;
}

export function openCursor(options: CursorOptions): FeedCursor {
  const { log, turns, selection, ride, request, now, monotonicNow, maxLagMs } = options;
  const openedAtMs = monotonicNow();
  let seq = 0;
  /** A window's beginning, Unix ms, while its place in the log has not been looked up. */
  let windowFrom: number | null = null;
  /** The newest seq of a hole that was announced. */
  let announcedTo = 0;
  /** Up to here only what lasts is sent: the client has been too slow. */
  let skipTo = 0;
  let opening: string | null = null;
  let resuming = false;
  /** Has been at the head once. Before that it is as far behind as it asked to be. */
  let live = false;
  let behindSinceMs: number | null = null;
  /** Known while the log wakes this cursor, so that ten thousand need not each ask for the time. */
  let wakeMs: number | null = null;
  let fetched: Batch | null = null;
  let fetching = false;
  /** Waits for a turn of the event loop that has time for it. */
  let deferred = false;
  let wantsMore = false;
  let takenAtMs = openedAtMs;
  let heartbeatDue = false;
  let closing: { retryMs: number | null } | null = null;
  let ended = false;
  let aborted = false;
  let ready: (() => void) | null = null;
  let rider: Rider | null = null;
  let riding = false;

  const idAt = (position: number) => formatEventId(log.id, position);

  function gapFrame(gap: Gap): string {
    return encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
  }

  function open(): string {
    const data = JSON.stringify(options.hello());
    return encodeEvent({ event: 'hello', data, retry: options.retryMs }) + locate();
  }

  /** Whether this turn has time for this stream; when not, the sink is told once one has. */
  function mayWork(): boolean {
    if (deferred) return false;
    if (turns.hasTime()) return true;
    deferred = true;
    turns.later(() => {
      deferred = false;
      ready?.();
    });
    return false;
  }

  /** Finds the place to start from; returns the gap to announce at once, if any. */
  function locate(): string {
    const { lastEventId, windowSeconds } = request;
    if (lastEventId === '') {
      if (windowSeconds > 0) windowFrom = now() - windowSeconds * 1000;
      else seq = log.headSeq;
      return '';
    }
    const position = parseEventId(lastEventId);
    if (position?.log === log.id && position.seq <= log.headSeq) {
      seq = position.seq;
      resuming = true;
      return '';
    }
    if (position && position.log === log.formerId && position.seq <= log.headSeq) {
      // The same events at the same positions, and another log by its name.
      seq = position.seq;
      resuming = true;
      return gapFrame({ fromId: lastEventId, toId: idAt(seq), missed: null, reason: 'other-log' });
    }
    const ahead = position?.log === log.id;
    seq = ahead ? log.headSeq : log.tailSeq - 1;
    const reason: GapReason = ahead ? 'ahead' : 'other-log';
    return gapFrame({ fromId: lastEventId, toId: idAt(seq), missed: null, reason });
  }

  /** Announces that nothing but what lasts is left of what comes before `toSeq + 1`; nothing if that is all there was. */
  function announce(toSeq: number, reason: GapReason): string {
    const from = Math.max(seq, announcedTo);
    announcedTo = toSeq;
    const countable = !selection.filtered && !log.hasHole(from, toSeq);
    const missed = countable ? toSeq - from - log.countLasting(from, toSeq) : null;
    return missed === 0 ? '' : gapFrame({ fromId: idAt(from), toId: idAt(toSeq), missed, reason });
  }

  const hasExpired = () => Math.max(seq, announcedTo) < log.tailSeq - 1;

  /** What is no longer kept, before anything younger is sent. */
  function expiredGap(): string {
    if (!hasExpired()) return '';
    const lastLost = log.tailSeq - 1;
    if (!resuming) return announce(lastLost, 'too-slow');
    const isUnread = log.isProvisional && log.hasHole(seq, lastLost);
    return announce(lastLost, isUnread ? 'lost' : 'expired');
  }

  /** A client that comes back after a while gets the present, and of the past what must not be missed. */
  function lagGap(): string {
    if (behindSinceMs === null || behindSinceMs === wakeMs || !live || !selection.hasSamples) return '';
    const present = wakeMs ?? monotonicNow();
    if (present - behindSinceMs <= maxLagMs) return '';
    behindSinceMs = present;
    fetched = null;
    skipTo = log.headSeq;
    return announce(skipTo, 'too-slow');
  }

  /** Ids that are in nobody's hands: skipped after a crash, or lost by a broken disk. */
  function holeGap(batch: Batch): string {
    const before = Math.max(seq, announcedTo);
    if (batch.toSeq === seq || batch.firstSeq <= before + 1) return '';
    announcedTo = batch.firstSeq - 1;
    return gapFrame({ fromId: idAt(before), toId: idAt(announcedTo), missed: null, reason: 'lost' });
  }

  function nextBatch(): Batch | null {
    if (fetched) {
      const batch = fetched;
      fetched = null;
      return batch;
    }
    if (fetching || seq >= log.headSeq) return null;
    const known = seq < skipTo ? null : selection.remembered(seq);
    if (known) return known;
    // What has just come is in memory, and nobody who is live waits behind those that read the past.
    const isRecent = live && log.headSeq - seq <= pageEvents;
    if (!isRecent && !mayWork()) return null;
    const batch = seq < skipTo ? selection.lastingAfter(seq, skipTo) : selection.batchAfter(seq);
    if (!(batch instanceof Promise)) return batch;
    fetching = true;
    batch
      .then((late) => {
        fetched = late;
      })
      .catch(() => finish(null))
      .finally(() => {
        fetching = false;
        ready?.();
      });
    return null;
  }

  /** What is this client's own (opening, gaps, heartbeat) or, if there is none of that, what it shares. */
  function takeNext(): Chunk | string | null {
    let own = opening ?? '';
    opening = null;
    if (windowFrom !== null || hasExpired()) {
      // Both look things up on disk.
      if (!mayWork()) return own === '' ? null : own;
      if (windowFrom !== null) seq = log.seqBefore(windowFrom);
      windowFrom = null;
    }
    own += lagGap() || expiredGap();
    for (let batch = nextBatch(); batch; batch = nextBatch()) {
      own += holeGap(batch);
      if (own !== '') {
        fetched = batch;
        return own;
      }
      seq = batch.toSeq;
      if (batch.chunk) return batch.chunk;
      if (batch.firstSeq > batch.toSeq) break;
    }
    if (own === '' && heartbeatDue) own = heartbeat();
    return own === '' ? null : own;
  }

  const heartbeat = () =>
    encodeHeartbeat({ serverTime: now(), id: windowFrom === null ? idAt(seq) : undefined });

  const isBusy = () => fetching || deferred;

  /** At the head with nothing of its own to say, and a client that takes what comes. */
  function board(): void {
    if (!rider || closing || heartbeatDue || isBusy() || fetched || seq !== log.headSeq) return;
    if (windowFrom !== null) return;
    riding = ride.board(rider, seq);
    if (riding) options.onRide(true);
  }

  /** On its own again, from where the ride has come. */
  function alight(): void {
    if (!riding || !rider) return;
    riding = false;
    ride.leave(rider);
    options.onRide(false);
    seq = ride.seq;
    takenAtMs = Math.max(takenAtMs, ride.takenAtMs);
  }

  function take(): Chunk | null {
    if (ended) return null;
    alight();
    let next = takeNext();
    if (request.once && next === null && !isBusy() && !closing) {
      // Nothing more, whatever the log has got by the next take: this says where the feed goes on.
      next = heartbeat();
      close();
    }
    if (closing && next === null && !isBusy()) {
      if (closing.retryMs !== null) next = encodeHeartbeat({ serverTime: now(), retry: closing.retryMs });
      close();
    }
    wantsMore = next === null && !ended;
    if (seq >= log.headSeq && windowFrom === null) {
      live = true;
      resuming = false;
      behindSinceMs = null;
    }
    if (next === null) {
      board();
      return null;
    }
    takenAtMs = wakeMs ?? monotonicNow();
    heartbeatDue = false;
    return typeof next === 'string' ? chunkOfText(next) : next;
  }

  function finish(retryMs: number | null): void {
    if (closing || ended) return;
    alight();
    closing = { retryMs };
    ready?.();
  }

  function beat(sinceMs: number): void {
    if (takenAtMs > sinceMs || ended) return;
    alight();
    heartbeatDue = true;
    ready?.();
  }

  function close(): void {
    if (ended) return;
    alight();
    ended = true;
    options.onClose();
  }

  opening = open();
  return {
    take,
    finish,
    close,
    openedAtMs,
    get seq() {
      return seq;
    },
    get wantsMore() {
      return wantsMore;
    },
    get ended() {
      return ended;
    },
    get aborted() {
      return aborted;
    },
    onReady(listener, send) {
      alight();
      ready = listener;
      rider = send ? { send, alight, beat } : null;
    },
    wake(nowMs) {
      if (seq >= log.headSeq) return;
      behindSinceMs ??= nowMs;
      wakeMs = nowMs;
      ready?.();
      wakeMs = null;
    },
    abort() {
      if (ended) return;
      aborted = true;
      close();
      ready?.();
    },
    beat,
  };
}
