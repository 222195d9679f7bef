import { isLoggedType } from '@/lib/protocol/event-types';
import type { Problem } from '@/lib/protocol/problem';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { parsePlace } from '@/lib/server/replay/position';
import { asksForReplay, parseReplayQuery } from '@/lib/server/replay/replay-query';
import type { Replays } from '@/lib/server/replay/replays';
import type { Admission } from '@/lib/server/streaming/admission';
import type { Cursor } from '@/lib/server/streaming/cursor';
import type { Feed } from '@/lib/server/streaming/feed';
import { type FeedRequest, parseFeedQuery } from '@/lib/server/streaming/feed-query';
import { selectionKey } from '@/lib/server/streaming/subscription';

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

/** A stream, `null` where it has told all that it had to tell, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly value: Cursor | null }
  | { readonly ok: false; readonly problem: Problem };

export interface StreamParts {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly replays: Replays;
  readonly admission: Admission;
}

type Connect = (release: () => void) => Cursor;

type Prepared =
  /** Without `connect` there is nothing left to tell. */
  | { readonly ok: true; readonly filter: string; readonly connect: Connect | null }
  | { readonly ok: false; readonly problem: Problem };

/** A stream of the feed for a request, or why not: the one decision behind both ways to be served. */
export function openStream(parts: StreamParts, request: StreamRequest): Opened {
  const prepared = prepare(parts, request);
  if (!prepared.ok) return prepared;
  if (!prepared.connect) return { ok: true, value: null };
  const place = parts.admission.take(request.peer, prepared.filter, request.isForwarded);
  if (!place.ok) return place;
  return { ok: true, value: prepared.connect(place.release) };
}

/** What a GET would be told now, with nothing opened. */
export function tryStream(
  parts: StreamParts,
  request: StreamRequest,
): { readonly problem: Problem | null; readonly isOver: boolean } {
  const prepared = prepare(parts, request);
  if (!prepared.ok) return { problem: prepared.problem, isOver: false };
  if (!prepared.connect) return { problem: null, isOver: true };
  const place = parts.admission.take(request.peer, prepared.filter, request.isForwarded);
  if (!place.ok) return { problem: place.problem, isOver: false };
  place.release();
  return { problem: null, isOver: false };
}

function prepare(parts: StreamParts, { query, lastEventId, once = false }: StreamRequest): Prepared {
  const { log, feed, replays } = parts;
  const isKnown = (type: string) => isLoggedType(type) || log.inventedTypes.has(type);
  if (once || !asksForReplay(query)) {
    const asked = parseFeedQuery(query, lastEventId, isKnown);
    if (!asked.ok) return asked;
    return ready(asked.request, (release) => feed.connect({ ...asked.request, once }, release));
  }
  const asked = parseReplayQuery(query, lastEventId, { now: Date.now(), isKnown });
  if (!asked.ok) return asked;
  const isOver = parsePlace(log.id, asked.request.lastEventId)?.kind === 'end';
  return ready(asked.request, isOver ? null : (release) => replays.connect(asked.request, release));
}

function ready(request: FeedRequest, connect: Connect | null): Prepared {
  return { ok: true, filter: selectionKey(request), connect };
}
