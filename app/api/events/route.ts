import { problemResponse } from '@/lib/events/problem';
import { running } from '@/lib/running';
import { feedHeaders } from '@/lib/sse/feed';
import { parseFeedQuery } from '@/lib/sse/feed-query';
import { streamOf } from '@/lib/sse/stream';

export const dynamic = 'force-dynamic';

/** The live feed, as Server-Sent Events. */
export function GET(request: Request): Response {
  const asked = parseFeedQuery(new URL(request.url).searchParams, request.headers.get('last-event-id'));
  if (!asked.ok) return problemResponse(asked.problem);
  const { admission, feed } = running();
  const place = admission.take(request.headers.get('x-hostbeat-peer'));
  if (!place.ok) return problemResponse(place.problem);
  return new Response(streamOf(feed.connect(asked.request, place.release)), { headers: feedHeaders });
}

/** The same headers, or the same refusal, with nothing held open. A mapped GET would never cancel its body. */
export function HEAD(request: Request): Response {
  const asked = parseFeedQuery(new URL(request.url).searchParams, request.headers.get('last-event-id'));
  if (!asked.ok) return problemResponse(asked.problem);
  return new Response(null, { headers: feedHeaders });
}
