import { otherMethods, problemResponse } from '@/lib/protocol/problem';
import { openStream, type StreamRequest, tryStream } from '@/lib/server/http/handlers/feed';
import { pastHeaders as headers, pastRequest } from '@/lib/server/http/handlers/recent';
import { running } from '@/lib/server/running';
import { webStreamOf } from '@/lib/server/streaming/web-stream-sink';

export const dynamic = 'force-dynamic';

function asked(request: Request): StreamRequest {
  return pastRequest({
    query: new URL(request.url).searchParams,
    lastEventId: request.headers.get('last-event-id'),
    peer: running().peerOf(request.headers),
    isForwarded: running().isForwarded(request.headers),
  });
}

/** What the feed would begin with, up to now, as the feed's text; its last event says where the feed goes on. */
export function GET(request: Request): Response {
  const opened = openStream(running(), asked(request));
  if (!opened.ok) return problemResponse(opened.problem);
  return new Response(opened.value && webStreamOf(opened.value), { headers });
}

/** The same headers, or the same refusal. A mapped GET would never cancel its body. */
export function HEAD(request: Request): Response {
  const { problem } = tryStream(running(), asked(request));
  return problem ? problemResponse(problem) : new Response(null, { headers });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
