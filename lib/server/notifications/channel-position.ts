import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { DeliveryState } from './delivery-state';

type Position = Pick<DeliveryState, 'logId' | 'seq'>;

/**
 * How far a channel has read the log. While the stored log cannot be read it reads only what is new, and goes back to its
 * stored position afterwards, without reading anything twice.
 */
export class ChannelPosition {
  readonly #log: EventLog;
  #current: Position;
  /** The position in the stored log, while that cannot be read. */
  #stored: Position | null = null;
  /** What was read while the stored log could not be. */
  #alreadyRead = { afterSeq: 0, toSeq: 0 };

  constructor(log: EventLog, stored: Position) {
    this.#log = log;
    if (log.isProvisional) {
      this.#stored = stored;
      this.#current = { logId: log.id, seq: log.headSeq };
      this.#alreadyRead = { afterSeq: log.headSeq, toSeq: log.headSeq };
    } else this.#current = positionIn(log, stored);
  }

  get seq(): number {
    return this.#current.seq;
  }

  /** What is to be kept for the next start. */
  get stored(): Position {
    return this.#stored ?? this.#current;
  }

  advanceTo(seq: number): void {
    this.#current = { ...this.#current, seq };
  }

  /** Goes to the stored position once the stored log can be read; whether it did. */
  resume(): boolean {
    if (!this.#stored || this.#log.isProvisional) return false;
    this.#alreadyRead = { ...this.#alreadyRead, toSeq: this.#current.seq };
    this.#current = positionIn(this.#log, this.#stored);
    this.#stored = null;
    return true;
  }

  hasRead({ seq }: LoggedEvent): boolean {
    const { afterSeq, toSeq } = this.#alreadyRead;
    return seq > afterSeq && seq <= toSeq;
  }
}

/** A log other than the stored position's is read from its start. */
function positionIn(log: EventLog, { logId, seq }: Position): Position {
  const isHere = logId === log.id || logId === log.formerId;
  return { logId: log.id, seq: Math.min(isHere ? seq : log.tailSeq - 1, log.headSeq) };
}
