import { formatEventId } from '@/lib/protocol/event-id';
import type { Hello } from '@/lib/protocol/payloads';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { Turns } from '@/lib/server/concurrency/turns';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { BatchReader } from './batch-reader';
import type { BroadcastGroup, GroupMember } from './broadcast-group';
import { type Chunk, chunkOfText } from './chunk';
import type { Cursor } from './cursor';
import { encodeEvent, encodeHeartbeat } from './encode';
import type { FeedRequest } from './feed-query';
import { encodeGap, GapAnnouncer } from './gap-announcer';
import { startPosition } from './start-position';
import type { Subscription } from './subscription';

export interface FeedCursorOptions {
  readonly log: EventLog;
  /** Shares the event loop between all long work. */
  readonly turns: Turns;
  readonly subscription: Subscription;
  /** The cursors of this subscription at the head. */
  readonly group: BroadcastGroup;
  readonly request: FeedRequest;
  readonly hello: () => Hello;
  readonly retryMs: number;
  /** A client that was at the head and takes nothing for longer skips samples. */
  readonly maxLagMs: number;
  readonly clock: Clock;
  readonly onClose: () => void;
  /** It has joined its group, and need not be woken; or has left it. */
  readonly onMembership: (isMember: boolean) => void;
}

/** One client's position in the log. Live and replay are one code path: it reads on from its position. */
export class FeedCursor implements Cursor {
  readonly openedAtMs: number;
  readonly #options: FeedCursorOptions;
  readonly #reader: BatchReader;
  readonly #gaps: GapAnnouncer;
  #seq: number;
  /** The beginning of a window, Unix ms, until its position has been looked up. */
  #windowFrom: number | null;
  #isResuming: boolean;
  /** Up to here only durable events are sent: the client has been too slow. */
  #skipTo = 0;
  #opening: string;
  /** Has been at the head once. Before that it lags as far as it asked to. */
  #isLive = false;
  #behindSinceMs: number | null = null;
  /** Set while the log wakes this cursor, so that many cursors need not each read the clock. */
  #wakeMs: number | null = null;
  #wantsMore = false;
  #takenAtMs: number;
  #isHeartbeatDue = false;
  #closing: { readonly retryMs: number | null } | null = null;
  #isEnded = false;
  #isAborted = false;
  #onReady: (() => void) | null = null;
  #member: GroupMember | null = null;
  #isInGroup = false;

  constructor(options: FeedCursorOptions) {
    const { log, turns, subscription, request } = options;
    this.#options = options;
    this.openedAtMs = options.clock.monotonicMs();
    this.#takenAtMs = this.openedAtMs;
    this.#reader = new BatchReader({
      log,
      turns,
      subscription,
      onReady: () => this.#onReady?.(),
      onError: () => this.finish(null),
    });
    this.#gaps = new GapAnnouncer(log, subscription);
    const { seq, windowFrom, isResuming, gap } = startPosition(log, request, options.clock.wallMs());
    this.#seq = seq;
    this.#windowFrom = windowFrom;
    this.#isResuming = isResuming;
    const hello = JSON.stringify(options.hello());
    this.#opening = encodeEvent({ event: 'hello', data: hello, retry: options.retryMs });
    if (gap) this.#opening += encodeGap(gap);
  }

  /** Its position in the log. */
  get seq(): number {
    return this.#seq;
  }

  /** Its client can take more, and there was nothing at the last `take`. */
  get wantsMore(): boolean {
    return this.#wantsMore;
  }

  get ended(): boolean {
    return this.#isEnded;
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  onReady(listener: (() => void) | null, send?: (chunk: Chunk) => boolean): void {
    this.#leaveGroup();
    this.#onReady = listener;
    this.#member = send
      ? {
          send,
          becomeIndividual: () => this.#leaveGroup(),
          heartbeatIfQuiet: (sinceMs) => this.beat(sinceMs),
        }
      : null;
  }

  take(): Chunk | null {
    if (this.#isEnded) return null;
    this.#leaveGroup();
    let next = this.#next();
    if (next === null && !this.#reader.isBusy) next = this.#ending();
    this.#wantsMore = next === null && !this.#isEnded;
    if (this.#seq >= this.#options.log.headSeq && this.#windowFrom === null) {
      this.#isLive = true;
      this.#isResuming = false;
      this.#behindSinceMs = null;
    }
    if (next === null) {
      this.#joinGroup();
      return null;
    }
    this.#takenAtMs = this.#wakeMs ?? this.#options.clock.monotonicMs();
    this.#isHeartbeatDue = false;
    return typeof next === 'string' ? chunkOfText(next) : next;
  }

  /** The log has grown. */
  wake(nowMs: number): void {
    if (this.#seq >= this.#options.log.headSeq) return;
    this.#behindSinceMs ??= nowMs;
    this.#wakeMs = nowMs;
    this.#onReady?.();
    this.#wakeMs = null;
  }

  /** Sends a heartbeat if nothing was sent since `sinceMs` (monotonic). A group calls this for its members. */
  beat(sinceMs: number): void {
    if (this.#takenAtMs > sinceMs || this.#isEnded) return;
    this.#leaveGroup();
    this.#isHeartbeatDue = true;
    this.#onReady?.();
  }

  /** Ends the stream after what is there now, with the delay after which the client may come back. */
  finish(retryMs: number | null): void {
    if (this.#closing || this.#isEnded) return;
    this.#leaveGroup();
    this.#closing = { retryMs };
    this.#onReady?.();
  }

  /** Ends it now: its client does not read. */
  abort(): void {
    if (this.#isEnded) return;
    this.#isAborted = true;
    this.close();
    this.#onReady?.();
  }

  close(): void {
    if (this.#isEnded) return;
    this.#leaveGroup();
    this.#isEnded = true;
    this.#options.onClose();
  }

  /** This client's own text (opening, gaps, heartbeat) or, without any, a chunk of the subscription. */
  #next(): Chunk | string | null {
    let own = this.#opening;
    this.#opening = '';
    if (this.#windowFrom !== null || this.#gaps.hasExpired(this.#seq)) {
      // Both read from disk.
      if (!this.#reader.hasTime()) return own === '' ? null : own;
      if (this.#windowFrom !== null) this.#seq = this.#options.log.seqBefore(this.#windowFrom);
      this.#windowFrom = null;
    }
    own += this.#skipSamples() || this.#gaps.expired(this.#seq, this.#isResuming);
    const shared = this.#nextBatch(own);
    if (shared !== null) return shared;
    return this.#isHeartbeatDue ? this.#heartbeat() : null;
  }

  /** `own` and the gap before the next batch, if there is any of these; otherwise the next chunk. */
  #nextBatch(own: string): Chunk | string | null {
    const read = () => this.#reader.next(this.#seq, this.#skipTo, this.#isLive);
    for (let batch = read(); batch; batch = read()) {
      const text = own + this.#gaps.lost(this.#seq, batch);
      if (text !== '') {
        this.#reader.putBack(batch);
        return text;
      }
      this.#seq = batch.toSeq;
      if (batch.chunk) return batch.chunk;
      if (batch.firstSeq > batch.toSeq) break;
    }
    return own === '' ? null : own;
  }

  /** A live client that lagged too long continues at the head, with the durable events in between. */
  #skipSamples(): string {
    const { log, subscription, maxLagMs, clock } = this.#options;
    const since = this.#behindSinceMs;
    if (since === null || since === this.#wakeMs || !this.#isLive || !subscription.hasSamples) return '';
    const present = this.#wakeMs ?? clock.monotonicMs();
    if (present - since <= maxLagMs) return '';
    this.#behindSinceMs = present;
    this.#reader.discard();
    this.#skipTo = log.headSeq;
    return this.#gaps.skipped(this.#seq, this.#skipTo, 'too-slow');
  }

  /** The last text of a stream that has sent everything, if it is to end now. */
  #ending(): string | null {
    const closing = this.#closing;
    if (!closing && !this.#options.request.once) return null;
    let text: string | null = null;
    // A single answer ends with the position where the feed continues, even if the log has grown.
    if (!closing) text = this.#heartbeat();
    else if (closing.retryMs !== null)
      text = encodeHeartbeat({ serverTime: this.#options.clock.wallMs(), retry: closing.retryMs });
    this.close();
    return text;
  }

  #heartbeat(): string {
    const { log, clock } = this.#options;
    const id = this.#windowFrom === null ? formatEventId(log.id, this.#seq) : undefined;
    return encodeHeartbeat({ serverTime: clock.wallMs(), id });
  }

  /** At the head, with nothing of its own to send, and a client that takes pushed chunks. */
  #joinGroup(): void {
    const { log, group, onMembership } = this.#options;
    if (!this.#member || this.#closing || this.#isHeartbeatDue || this.#windowFrom !== null) return;
    if (this.#reader.isBusy || this.#reader.hasBuffered || this.#seq !== log.headSeq) return;
    this.#isInGroup = group.join(this.#member, this.#seq);
    if (this.#isInGroup) onMembership(true);
  }

  /** Continues on its own from the group's position. */
  #leaveGroup(): void {
    const { group, onMembership } = this.#options;
    if (!this.#isInGroup || !this.#member) return;
    this.#isInGroup = false;
    group.leave(this.#member);
    onMembership(false);
    this.#seq = group.seq;
    this.#takenAtMs = Math.max(this.#takenAtMs, group.lastSentAtMs);
  }
}
