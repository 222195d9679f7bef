import { otherMethods, problemResponse } from '@/lib/protocol/problem';
import { uncached } from '@/lib/server/http/cache-control';
import { openStream, type StreamRequest, tryStream } from '@/lib/server/http/handlers/feed';
import { publishEvents } from '@/lib/server/http/handlers/publish';
import { publishedResponse } from '@/lib/server/http/handlers/published-response';
import { running } from '@/lib/server/running';
import { feedHeaders } from '@/lib/server/streaming/feed';
import { webStreamOf } from '@/lib/server/streaming/web-stream-sink';

export const dynamic = 'force-dynamic';

function asked(request: Request): StreamRequest {
  return {
    query: new URL(request.url).searchParams,
    lastEventId: request.headers.get('last-event-id'),
    peer: running().peerOf(request.headers),
    isForwarded: running().isForwarded(request.headers),
  };
}

/** The feed, live or from the past, as Server-Sent Events; 204 after the end of a replay. */
export function GET(request: Request): Response {
  const opened = openStream(running(), asked(request));
  if (!opened.ok) return problemResponse(opened.problem);
  return opened.value
    ? new Response(webStreamOf(opened.value), { headers: feedHeaders })
    : new Response(null, { status: 204, headers: uncached });
}

/** The same headers, or the same refusal, with nothing held open. A mapped GET would never cancel its body. */
export function HEAD(request: Request): Response {
  const { problem, isOver } = tryStream(running(), asked(request));
  if (problem) return problemResponse(problem);
  return isOver
    ? new Response(null, { status: 204, headers: uncached })
    : new Response(null, { headers: feedHeaders });
}

/** Publishes an event or up to 100; answers once they are on disk. */
export async function POST(request: Request): Promise<Response> {
  return publishedResponse(running(), request, await publishEvents(running(), request));
}

const refused = otherMethods('GET, HEAD, OPTIONS, POST');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as PUT };
