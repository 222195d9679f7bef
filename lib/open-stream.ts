import type { EventLog } from './events/event-log';
import { isLoggedType } from './events/event-types';
import type { Problem } from './events/problem';
import type { Admission } from './sse/admission';
import type { Cursor } from './sse/cursor';
import type { Feed } from './sse/feed';
import { parseFeedQuery } from './sse/feed-query';

export interface StreamRequest {
  readonly query: URLSearchParams;
  /** The `Last-Event-ID` header. */
  readonly lastEventId: string | null;
  /** The address of the other end; `null` where it is not known. */
  readonly peer: string | null;
  /** What there is now, and then the end. */
  readonly once?: boolean;
}

export type Opened<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export interface StreamParts {
  readonly log: EventLog;
  readonly feed: Feed;
  readonly admission: Admission;
}

/** A stream of the feed for a request, or why not: the one decision behind both ways to be served. */
export function openStream(parts: StreamParts, request: StreamRequest): Opened<Cursor> {
  const admitted = admit(parts, request);
  if (!admitted.ok) return admitted;
  const { feedRequest, release } = admitted.value;
  return { ok: true, value: parts.feed.connect(feedRequest, release) };
}

/** What a GET would be told now, with nothing opened; `null` when it would be served. */
export function refusalOf(parts: StreamParts, request: StreamRequest): Problem | null {
  const admitted = admit(parts, request);
  if (!admitted.ok) return admitted.problem;
  admitted.value.release();
  return null;
}

function admit({ log, admission }: StreamParts, { query, lastEventId, peer, once = false }: StreamRequest) {
  const isKnown = (type: string) => isLoggedType(type) || log.inventedTypes.has(type);
  const asked = parseFeedQuery(query, lastEventId, isKnown);
  if (!asked.ok) return asked;
  const place = admission.take(peer);
  if (!place.ok) return place;
  return { ok: true, value: { feedRequest: { ...asked.request, once }, release: place.release } } as const;
}
