import { formatEventId, parseEventId } from '@/lib/protocol/event-id';
import type { Gap } from '@/lib/protocol/payloads';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { FeedRequest } from './feed-query';

export interface StartPosition {
  readonly seq: number;
  /** The beginning of a window, Unix ms, whose position is looked up later: that takes a read from disk. */
  readonly windowFrom: number | null;
  /** The client continues from an id of its own. */
  readonly isResuming: boolean;
  /** A gap to announce first. */
  readonly gap: Gap | null;
}

/** Where the stream of a request begins. `now` is in Unix ms. */
export function startPosition(log: EventLog, request: FeedRequest, now: number): StartPosition {
  const { lastEventId, windowSeconds } = request;
  if (lastEventId === '') {
    const windowFrom = windowSeconds > 0 ? now - windowSeconds * 1000 : null;
    return { seq: windowFrom === null ? log.headSeq : 0, windowFrom, isResuming: false, gap: null };
  }
  const position = parseEventId(lastEventId);
  const isOwn = position?.log === log.id;
  if (position && isOwn && position.seq <= log.headSeq)
    return { seq: position.seq, windowFrom: null, isResuming: true, gap: null };
  // The former id names the same events at the same positions.
  const isFormer = position !== null && position.log === log.formerId && position.seq <= log.headSeq;
  const seq = isFormer ? position.seq : isOwn ? log.headSeq : log.tailSeq - 1;
  const gap: Gap = {
    fromId: lastEventId,
    toId: formatEventId(log.id, seq),
    missed: null,
    reason: isOwn ? 'ahead' : 'other-log',
  };
  return { seq, windowFrom: null, isResuming: isFormer, gap };
}
