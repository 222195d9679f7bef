import { formatEventId } from '@/lib/protocol/event-id';
import type { Gap, GapReason } from '@/lib/protocol/payloads';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { encodeEvent } from './encode';
import type { Batch, Subscription } from './subscription';

export function encodeGap(gap: Gap): string {
  return encodeEvent({ event: 'gap', data: JSON.stringify(gap) });
}

/** The gaps of one stream as text, empty where there is none. Each is announced once, before anything after it is sent. */
export class GapAnnouncer {
  readonly #log: EventLog;
  readonly #subscription: Subscription;
  /** The newest seq of an announced gap. */
  #announcedTo = 0;

  constructor(log: EventLog, subscription: Subscription) {
    this.#log = log;
    this.#subscription = subscription;
  }

  /** Whether events after `seq` are no longer kept. */
  hasExpired(seq: number): boolean {
    return Math.max(seq, this.#announcedTo) < this.#log.tailSeq - 1;
  }

  /** The events after `seq` that are no longer kept; except durable ones, which follow. */
  expired(seq: number, isResuming: boolean): string {
    if (!this.hasExpired(seq)) return '';
    const log = this.#log;
    const lastLost = log.tailSeq - 1;
    if (!isResuming) return this.skipped(seq, lastLost, 'too-slow');
    const isUnread = log.isProvisional && log.hasGap(seq, lastLost);
    return this.skipped(seq, lastLost, isUnread ? 'lost' : 'expired');
  }

  /** The samples after `seq` up to `toSeq`, which are not sent; nothing if all of these events are durable. */
  skipped(seq: number, toSeq: number, reason: GapReason): string {
    const log = this.#log;
    const from = Math.max(seq, this.#announcedTo);
    this.#announcedTo = toSeq;
    const isCountable = !this.#subscription.isFiltered && !log.hasGap(from, toSeq);
    const missed = isCountable ? toSeq - from - log.countDurable(from, toSeq) : null;
    return missed === 0 ? '' : this.#encode(from, toSeq, missed, reason);
  }

  /** The ids before a batch that have no event: skipped after a crash, or lost by a broken disk. */
  lost(seq: number, batch: Batch): string {
    const from = Math.max(seq, this.#announcedTo);
    if (batch.toSeq === seq || batch.firstSeq <= from + 1) return '';
    this.#announcedTo = batch.firstSeq - 1;
    return this.#encode(from, this.#announcedTo, null, 'lost');
  }

  #encode(from: number, to: number, missed: number | null, reason: GapReason): string {
    const idAt = (seq: number) => formatEventId(this.#log.id, seq);
    return encodeGap({ fromId: idAt(from), toId: idAt(to), missed, reason });
  }
}
