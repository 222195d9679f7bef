import { formatEventId, parseEventId } from '@/lib/events/event-id';
import type { EventLog } from '@/lib/events/event-log';
import type { Gap, GapReason, Hello } from '@/lib/events/payloads';
import { encodeComment, encodeEvent, encodeRetry } from './encode';
import type { FeedRequest } from './feed-query';
import type { Batch, Selection } from './selection';

/**
 * One client's place in the log. It holds a number and no queue: a sink takes bytes when its client can have
 * them, so a slow client costs nothing, and live and replay are the same path.
 */
export interface Cursor {
  /** What the client gets next, or `null` when there is nothing now (or nothing more, once `ended`). */
  take(): Uint8Array | null;
  /** True when the last byte was taken and the sink must close. */
  readonly ended: boolean;
  /** Called when `take` is worth another try. One listener; `null` takes it away. */
  onReady(listener: (() => void) | null): void;
  /** The client is gone. Safe to call twice. */
  close(): void;
}

/** What the feed does with its cursors. */
export interface FeedCursor extends Cursor {
  wake(): void;
  /** Ends the stream after what is there now, with the delay after which the client may come back. */
  finish(retryMs: number | null): void;
  /** Asks for a heartbeat when nothing was taken since `sinceMs` (monotonic). */
  beat(sinceMs: number): void;
  readonly openedAtMs: number;
}

export interface CursorOptions {
  readonly log: EventLog;
  readonly selection: Selection;
  readonly request: FeedRequest;
  readonly hello: () => Hello;
  readonly retryMs: number;
  /** Unix ms. */
  readonly now: () => number;
  /** Milliseconds that never step back. */
  readonly monotonicNow: () => number;
  readonly onClose: () => void;
}

const encoder = new TextEncoder();

export function openCursor(options: CursorOptions): FeedCursor {
  const { log, selection, request, now, monotonicNow } = options;
  const openedAtMs = monotonicNow();
  let seq = 0;
  /** The newest seq of a hole that was announced. */
  let announcedTo = 0;
  let opening: string | null = null;
  let resuming = false;
  let fetched: Batch | null = null;
  let fetching = false;
  let takenAtMs = openedAtMs;
  let heartbeatDue = false;
  let closing: { retryMs: number | null } | null = null;
  let ended = false;
  let ready: (() => void) | null = null;

  const idAt = (position: number) => formatEventId(log.id, position);

  function gapFrame(gap: Gap): string {
    return encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
  }

  function open(): string {
    const hello = encodeEvent({ event: 'hello', data: JSON.stringify(options.hello()) });
    return encodeRetry(options.retryMs) + hello + locate();
  }

  /** Finds the place to start from; returns the gap to announce at once, if any. */
  function locate(): string {
    const { lastEventId, windowSeconds } = request;
    if (lastEventId === '') {
      seq = windowSeconds > 0 ? log.seqBefore(now() - windowSeconds * 1000) : log.headSeq;
      return '';
    }
    const position = parseEventId(lastEventId);
    if (position?.log === log.id && position.seq <= log.headSeq) {
      seq = position.seq;
      resuming = true;
      return '';
    }
    const ahead = position?.log === log.id;
    seq = ahead ? log.headSeq : log.tailSeq - 1;
    const reason: GapReason = ahead ? 'ahead' : 'other-log';
    return gapFrame({ fromId: lastEventId, toId: idAt(seq), missed: null, reason });
  }

  /** Announces what is no longer kept, before anything younger is sent. */
  function expiredGap(): string {
    const lastLost = log.tailSeq - 1;
    if (seq >= lastLost || announcedTo >= lastLost) return '';
    const from = Math.max(seq, announcedTo);
    announcedTo = lastLost;
    return gapFrame({
      fromId: idAt(from),
      toId: idAt(lastLost),
      missed: selection.filtered ? null : lastLost - from,
      reason: resuming ? 'expired' : 'too-slow',
    });
  }

  /** Ids that were never given out: the log skipped ahead after a crash. */
  function skippedGap(batch: Batch): string {
    const before = Math.max(seq, announcedTo);
    if (batch.toSeq === seq || batch.firstSeq <= before + 1) return '';
    return gapFrame({
      fromId: idAt(before),
      toId: idAt(batch.firstSeq - 1),
      missed: null,
      reason: 'lost',
    });
  }

  function nextBatch(): Batch | null {
    if (fetched) {
      const batch = fetched;
      fetched = null;
      return batch;
    }
    if (fetching || seq >= log.headSeq) return null;
    const batch = selection.batchAfter(seq);
    if (!(batch instanceof Promise)) return batch;
    fetching = true;
    batch
      .then((late) => {
        fetched = late;
      })
      .catch(() => finish(null))
      .finally(() => {
        fetching = false;
        wake();
      });
    return null;
  }

  /** Text that is this client's own (opening, gaps, heartbeat) and bytes that are shared. */
  function takeNext(): { own: string; shared: Uint8Array | null } {
    let own = opening ?? '';
    opening = '';
    own += expiredGap();
    for (let batch = nextBatch(); batch; batch = nextBatch()) {
      own += skippedGap(batch);
      seq = batch.toSeq;
      if (batch.bytes || batch.firstSeq > batch.toSeq) return { own, shared: batch.bytes };
    }
    if (own === '' && heartbeatDue) own = heartbeat();
    return { own, shared: null };
  }

  function heartbeat(): string {
    const data = JSON.stringify({ serverTime: now() });
    return encodeComment('still here') + encodeEvent({ id: idAt(seq), event: 'heartbeat', data });
  }

  function take(): Uint8Array | null {
    if (ended) return null;
    let { own, shared } = takeNext();
    if (closing && !shared && !fetching) {
      if (closing.retryMs !== null) own += encodeRetry(closing.retryMs);
      close();
    }
    if (own === '' && !shared) return null;
    resuming = resuming && seq < log.headSeq;
    takenAtMs = monotonicNow();
    heartbeatDue = false;
    if (own === '') return shared;
    const head = encoder.encode(own);
    if (!shared) return head;
    const whole = new Uint8Array(head.length + shared.length);
    whole.set(head);
    whole.set(shared, head.length);
    return whole;
  }

  function wake(): void {
    ready?.();
  }

  function finish(retryMs: number | null): void {
    if (closing || ended) return;
    closing = { retryMs };
    wake();
  }

  function close(): void {
    if (ended) return;
    ended = true;
    options.onClose();
  }

  opening = open();
  return {
    take,
    wake,
    finish,
    close,
    openedAtMs,
    get ended() {
      return ended;
    },
    onReady(listener) {
      ready = listener;
    },
    beat(sinceMs) {
      if (takenAtMs > sinceMs || ended) return;
      heartbeatDue = true;
      wake();
    },
  };
}
