import { type EventId, parseEventId } from '@/lib/protocol/event-id';

/** An id compared with the one before it. */
export type IdCheckResult =
  /** Nothing to compare: no id, or not one of a Hostbeat log. */
  | { readonly kind: 'none' | 'first' }
  /** One more than the last. */
  | { readonly kind: 'next' }
  /** A heartbeat: how far the stream has come. */
  | { readonly kind: 'position' }
  /** The filter at the server left these out. */
  | { readonly kind: 'filtered'; readonly missed: number }
  /** After a gap that a `gap` event announced. */
  | { readonly kind: 'announced'; readonly missed: number }
  /** After a gap that was not announced: the feed broke its promise. */
  | { readonly kind: 'unannounced'; readonly missed: number }
  /** Not newer than the last: the feed broke its promise. */
  | { readonly kind: 'back' };

export interface ReceivedId {
  readonly type: string | null;
  readonly id: string | null;
  /** The payload, parsed; `null` when it is not JSON. */
  readonly payload: unknown;
}

export interface IdCheck {
  check(received: ReceivedId, isFiltered: boolean): IdCheckResult;
  /** How many ids came without a fault since the last one. */
  readonly inARow: number;
  readonly faults: number;
  readonly announced: number;
}

function endOf(payload: unknown): EventId | null {
  const toId = payload instanceof Object && 'toId' in payload ? payload.toId : null;
  return typeof toId === 'string' ? parseEventId(toId) : null;
}

/** Checks over all connections that no id is missed, except where a `gap` announces it. */
export function createIdCheck(): IdCheck {
  let last: EventId | null = null;
  /** The newest position inside an announced gap. */
  let announcedTo = 0;
  let inARow = 0;
  let faults = 0;
  let announced = 0;

  function noteGap(payload: unknown): void {
    announced += 1;
    const end = endOf(payload);
    if (!end) return;
    // Of another log, or behind the last known head: the count restarts.
    if (last && (end.log !== last.log || end.seq < last.seq)) last = end;
    announcedTo = end.seq;
  }

  /** For what is newer than the last: of the positions after `before`, all up to `lastMissed` did not come. */
  function compareMissed(before: number, lastMissed: number, isFiltered: boolean): IdCheckResult {
    if (lastMissed === before) return { kind: 'next' };
    if (lastMissed <= announcedTo) return { kind: 'announced', missed: lastMissed - before };
    if (isFiltered) return { kind: 'filtered', missed: lastMissed - before };
    const missed = lastMissed - Math.max(before, announcedTo);
    return { kind: 'unannounced', missed: missed };
  }

  function compare({ type, id }: ReceivedId, isFiltered: boolean): IdCheckResult {
    const here = id ? parseEventId(id) : null;
    if (!here) return { kind: 'none' };
    const before = last;
    if (!before || before.log !== here.log) {
      last = here;
      return before ? { kind: 'unannounced', missed: 0 } : { kind: 'first' };
    }
    if (type === 'heartbeat' && here.seq === before.seq) return { kind: 'position' };
    if (here.seq <= before.seq) return { kind: 'back' };
    last = here;
    if (type === 'heartbeat' && isFiltered) return { kind: 'position' };
    // A heartbeat is not in the log: all up to its id should have been here.
    return compareMissed(before.seq, type === 'heartbeat' ? here.seq : here.seq - 1, isFiltered);
  }

  return {
    check(received, isFiltered) {
      if (received.type === 'gap') noteGap(received.payload);
      const result = compare(received, isFiltered);
      if (result.kind === 'unannounced' || result.kind === 'back') {
        faults += 1;
        inARow = 0;
      } else if (result.kind !== 'none') inARow += 1;
      return result;
    },
    get inARow() {
      return inARow;
    },
    get faults() {
      return faults;
    },
    get announced() {
      return announced;
    },
  };
}
