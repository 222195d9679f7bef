import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Chunk } from './chunk';
import type { Selection } from './subscription';

/** A client that takes what comes as it comes. */
export interface Rider {
  /** Sends what all riders get; false when the client can take no more for now. */
  send(chunk: Chunk): boolean;
  /** It is on its own from where the ride is now. */
  alight(): void;
  /** Nothing was sent to all since `sinceMs`. */
  beat(sinceMs: number): void;
}

/**
 * The clients of one selection that are at the head with nothing of their own to say: one position for all of
 * them, so that an event costs each of them its write and nothing else.
 */
export interface Ride {
  /** The position of all riders. */
  readonly seq: number;
  /** Whether anybody is in it. */
  readonly isShared: boolean;
  /** When something was last sent to all of them, monotonic. */
  readonly takenAtMs: number;
  /** Only at the head, and where the other riders are; false when it is not. */
  board(rider: Rider, seq: number): boolean;
  leave(rider: Rider): void;
  /** The log has grown: hands all of it over, or lets everybody alight where that takes more than one write. */
  carry(nowMs: number): void;
  /** Asks its riders whether a heartbeat is due, unless something was sent to all since `sinceMs`. */
  beat(sinceMs: number): void;
}

export function openRide(log: EventLog, selection: Selection): Ride {
  const riders = new Set<Rider>();
  let seq = 0;
  let takenAtMs = Number.NEGATIVE_INFINITY;

  function disband(): void {
    for (const rider of riders) rider.alight();
  }

  /** All that came, if it is one run without a hole that goes out at once. */
  function next() {
    if (log.tailSeq > seq + 1) return null;
    const batch = selection.batchAfter(seq);
    if (batch instanceof Promise) {
      batch.catch(() => {});
      return null;
    }
    return batch.firstSeq === seq + 1 && batch.toSeq === log.headSeq ? batch : null;
  }

  return {
    get seq() {
      return seq;
    },
    get isShared() {
      return riders.size > 0;
    },
    get takenAtMs() {
      return takenAtMs;
    },
    board(rider, at) {
      if (at !== log.headSeq || (riders.size > 0 && at !== seq)) return false;
      seq = at;
      riders.add(rider);
      return true;
    },
    leave(rider) {
      riders.delete(rider);
    },
    carry(nowMs) {
      if (riders.size === 0 || seq === log.headSeq) return;
      const batch = next();
      if (!batch) {
        disband();
        return;
      }
      seq = batch.toSeq;
      const { chunk } = batch;
      if (!chunk) return;
      takenAtMs = nowMs;
      for (const rider of riders) if (!rider.send(chunk)) rider.alight();
    },
    beat(sinceMs) {
      if (takenAtMs > sinceMs) return;
      for (const rider of riders) rider.beat(sinceMs);
    },
  };
}
