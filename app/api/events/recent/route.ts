import { otherMethods, problemResponse } from '@/lib/events/problem';
import { openStream, type StreamRequest, tryStream } from '@/lib/open-stream';
import { running } from '@/lib/running';
import { streamOf } from '@/lib/sse/stream';
import { uncached } from '@/lib/uncached';

export const dynamic = 'force-dynamic';

/** Not an event stream, so that it may be compressed, and no client comes back for more when it ends. */
const headers = { ...uncached, 'Content-Type': 'text/plain; charset=utf-8' };
const defaultWindowSeconds = '300';

function asked(request: Request): StreamRequest {
  const query = new URL(request.url).searchParams;
  if (!query.has('window')) query.set('window', defaultWindowSeconds);
  return {
    query,
    lastEventId: request.headers.get('last-event-id'),
    peer: running().peerOf(request.headers),
    isForwarded: running().isForwarded(request.headers),
    once: true,
  };
}

/** What the feed would begin with, up to now, as the feed's text; its last event says where the feed goes on. */
export function GET(request: Request): Response {
  const opened = openStream(running(), asked(request));
  if (!opened.ok) return problemResponse(opened.problem);
  return new Response(opened.value && streamOf(opened.value), { headers });
}

/** The same headers, or the same refusal. A mapped GET would never cancel its body. */
export function HEAD(request: Request): Response {
  const { problem } = tryStream(running(), asked(request));
  return problem ? problemResponse(problem) : new Response(null, { headers });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
