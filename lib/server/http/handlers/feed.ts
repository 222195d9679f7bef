import { isLoggedType } from '@/lib/protocol/event-types';
import type { Problem } from '@/lib/protocol/problem';
import { ok, type Result } from '@/lib/protocol/result';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { parsePosition } from '@/lib/server/replay/position';
import { asksForReplay, parseReplayQuery } from '@/lib/server/replay/replay-query';
import type { Replays } from '@/lib/server/replay/replays';
import type { Admission } from '@/lib/server/streaming/admission';
import type { Cursor } from '@/lib/server/streaming/cursor';
import { type Feed, feedHeaders } from '@/lib/server/streaming/feed';
import { type FeedRequest, parseFeedQuery } from '@/lib/server/streaming/feed-query';
import { subscriptionKey } from '@/lib/server/streaming/subscription';
import { webStreamOf } from '@/lib/server/streaming/web-stream-sink';
import type { Call } from '../context';
import { noCache, problemResponse } from '../respond';

export interface StreamRequest {
  readonly query: URLSearchParams;
  /** The `Last-Event-ID` header. */
  readonly lastEventId: string | null;
  /** The address of the other end; `null` where it is not known. */
  readonly peer: string | null;
  /** Through a proxy, so that many clients share the address. */
  readonly isForwarded?: boolean;
  /** Only what there is now. */
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

/** Whether a GET would be refused now, and whether the stream has ended; opens nothing. */
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
  const isKnown = (type: string) => isLoggedType(type) || log.customTypes.has(type);
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

/** Not an event stream, so that it may be compressed, and that clients do not reconnect at its end. */
export const recentHeaders: Readonly<Record<string, string>> = {
  ...noCache,
  'Content-Type': 'text/plain; charset=utf-8',
};

const defaultWindowSeconds = '300';

/** A request for the events that the feed would begin with, up to now. */
export function recentRequest(request: Omit<StreamRequest, 'once'>): StreamRequest {
  const query = new URLSearchParams(request.query);
  if (!query.has('window')) query.set('window', defaultWindowSeconds);
  return { ...request, query, once: true };
}

function streamRequest({ context, request, query, client }: Call): StreamRequest {
  return {
    query,
    lastEventId: request.headers.get('last-event-id'),
    peer: client.address,
    isForwarded: context.isForwarded(request.headers),
  };
}

/** The feed, live or replayed, as Server-Sent Events; 204 after the end of a replay. */
export function feedResponse(call: Call): Response {
  const opened = openStream(call.context, streamRequest(call));
  if (!opened.ok) return problemResponse(opened.problem);
  return opened.value
    ? new Response(webStreamOf(opened.value), { headers: feedHeaders })
    : new Response(null, { status: 204, headers: noCache });
}

/** The same status and headers, with nothing held open: a GET mapped by Next.js would never cancel its body. */
export function feedHead(call: Call): Response {
  const { problem, isOver } = tryStream(call.context, streamRequest(call));
  if (problem) return problemResponse(problem);
  return isOver
    ? new Response(null, { status: 204, headers: noCache })
    : new Response(null, { headers: feedHeaders });
}

/** The events that the feed would begin with, as the feed's text; the last one has the position at which the feed goes on. */
export function recentResponse(call: Call): Response {
  const opened = openStream(call.context, recentRequest(streamRequest(call)));
  if (!opened.ok) return problemResponse(opened.problem);
  return new Response(opened.value && webStreamOf(opened.value), { headers: recentHeaders });
}

export function recentHead(call: Call): Response {
  const { problem } = tryStream(call.context, recentRequest(streamRequest(call)));
  return problem ? problemResponse(problem) : new Response(null, { headers: recentHeaders });
}
