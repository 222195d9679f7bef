import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Chunk } from './chunk';
import type { Batch, Subscription } from './subscription';

/** A client that takes pushed chunks. */
export interface GroupMember {
  /** Sends what all members get; false when the socket is full. */
  send(chunk: Chunk): boolean;
  /** It has to leave, and continues on its own from the group's position. */
  becomeIndividual(): void;
  /** Nothing was sent to all since `sinceMs`. */
  heartbeatIfQuiet(sinceMs: number): void;
}

/**
 * The clients of one subscription that are at the head with nothing of their own to send. They share one position, so
 * that an event costs each of them only a write.
 */
export interface BroadcastGroup {
  /** The position of all members. */
  readonly seq: number;
  readonly hasMembers: boolean;
  /** The last chunk that all got, monotonic. */
  readonly lastSentAtMs: number;
  /** Only at the head, and at the position of the members; false when it is elsewhere. */
  join(member: GroupMember, seq: number): boolean;
  leave(member: GroupMember): void;
  /** The log has grown: sends all of it, or makes members individual where that takes more than one write. */
  broadcast(nowMs: number): void;
  /** Members check whether they need a heartbeat, unless something was sent to all since `sinceMs`. */
  heartbeatIfQuiet(sinceMs: number): void;
}

export function openBroadcastGroup(log: EventLog, subscription: Subscription): BroadcastGroup {
  const members = new Set<GroupMember>();
  let seq = 0;
  let lastSentAtMs = Number.NEGATIVE_INFINITY;

  /** Everything up to the head, if it is one batch in memory without a gap. */
  function nextBatch(): Batch | null {
    if (log.tailSeq > seq + 1) return null;
    const batch = subscription.batchAfter(seq);
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
    get hasMembers() {
      return members.size > 0;
    },
    get lastSentAtMs() {
      return lastSentAtMs;
    },
    join(member, at) {
      if (at !== log.headSeq || (members.size > 0 && at !== seq)) return false;
      seq = at;
      members.add(member);
      return true;
    },
    leave(member) {
      members.delete(member);
    },
    broadcast(nowMs) {
      if (members.size === 0 || seq === log.headSeq) return;
      const batch = nextBatch();
      if (!batch) {
        for (const member of members) member.becomeIndividual();
        return;
      }
      seq = batch.toSeq;
      const { chunk } = batch;
      if (!chunk) return;
      lastSentAtMs = nowMs;
      for (const member of members) if (!member.send(chunk)) member.becomeIndividual();
    },
    heartbeatIfQuiet(sinceMs) {
      if (lastSentAtMs > sinceMs) return;
      for (const member of members) member.heartbeatIfQuiet(sinceMs);
    },
  };
}
