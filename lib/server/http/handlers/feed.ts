import { isLoggedType } from '@/lib/protocol/event-types';
import type { Problem } from '@/lib/protocol/problem';
import { ok, type Result } from '@/lib/protocol/result';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { parsePosition } from '@/lib/server/replay/position';
import { asksForReplay, parseReplayQuery } from '@/lib/server/replay/replay-query';
import type { Replays } from '@/lib/server/replay/replays';
import type { Admission } from '@/lib/server/streaming/admission';
import type { Cursor } from '@/lib/server/streaming/cursor';
import type { Feed } from '@/lib/server/streaming/feed';
import { type FeedRequest, parseFeedQuery } from '@/lib/server/streaming/feed-query';
import { subscriptionKey } from '@/lib/server/streaming/subscription';

export interface StreamRequest {
  readonly query: URLSearchParams;
  /** The `Last-Event-ID` header. */
  readonly lastEventId: string | null;
  /** The address of the other end; `null` where it is not known. */
  readonly peer: string | null;
  /** A proxy stands between, so that the address is one of many clients'. */
  readonly isForwarded?: boolean;
  /** What there is now, and then the end. */
  readonly once?: boolean;
}

export interface StreamParts {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly replays: Replays;
  readonly admission: Admission;
}

type Connect = (release: () => void) => Cursor;

interface Prepared {
  readonly filter: string;
  /** `null` where the stream has ended already. */
  readonly connect: Connect | null;
}

/**
 * A stream of the feed for a request, `null` after the end of a replay: the one decision behind both ways to be served.
 */
export function openStream(parts: StreamParts, request: StreamRequest): Result<Cursor | null> {
  const prepared = prepare(parts, request);
  if (!prepared.ok) return prepared;
  const { filter, connect } = prepared.value;
  if (!connect) return ok(null);
  const place = parts.admission.admit(request.peer, filter, request.isForwarded);
  return place.ok ? ok(connect(place.value)) : place;
}

/** What a GET would be told now, with nothing opened. */
export function tryStream(
  parts: StreamParts,
  request: StreamRequest,
): { readonly problem: Problem | null; readonly isOver: boolean } {
  const prepared = prepare(parts, request);
  if (!prepared.ok) return { problem: prepared.problem, isOver: false };
  const { filter, connect } = prepared.value;
  if (!connect) return { problem: null, isOver: true };
  const place = parts.admission.admit(request.peer, filter, request.isForwarded);
  if (!place.ok) return { problem: place.problem, isOver: false };
  place.value();
  return { problem: null, isOver: false };
}

function prepare(parts: StreamParts, { query, lastEventId, once = false }: StreamRequest): Result<Prepared> {
  const { log, feed, replays } = parts;
  const isKnown = (type: string) => isLoggedType(type) || log.inventedTypes.has(type);
  if (once || !asksForReplay(query)) {
    const asked = parseFeedQuery(query, lastEventId, isKnown);
    if (!asked.ok) return asked;
    return ready(asked.value, (release) => feed.connect({ ...asked.value, once }, release));
  }
  const asked = parseReplayQuery(query, lastEventId, { now: Date.now(), isKnown });
  if (!asked.ok) return asked;
  const isOver = parsePosition(log.id, asked.value.lastEventId)?.kind === 'end';
  return ready(asked.value, isOver ? null : (release) => replays.connect(asked.value, release));
}

function ready(request: FeedRequest, connect: Connect | null): Result<Prepared> {
  return ok({ filter: subscriptionKey(request), connect });
}
