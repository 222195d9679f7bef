import { otherMethods, problemResponse } from '@/lib/events/problem';
import { openStream, refusalOf, type StreamRequest } from '@/lib/open-stream';
import { publishEvents } from '@/lib/publish';
import { publishedResponse } from '@/lib/published-response';
import { running } from '@/lib/running';
import { feedHeaders } from '@/lib/sse/feed';
import { streamOf } from '@/lib/sse/stream';

export const dynamic = 'force-dynamic';

function asked(request: Request): StreamRequest {
  return {
    query: new URL(request.url).searchParams,
    lastEventId: request.headers.get('last-event-id'),
    peer: running().peerOf(request.headers),
  };
}

/** The live feed, as Server-Sent Events. */
export function GET(request: Request): Response {
  const opened = openStream(running(), asked(request));
  if (!opened.ok) return problemResponse(opened.problem);
  return new Response(streamOf(opened.value), { headers: feedHeaders });
}

/** The same headers, or the same refusal, with nothing held open. A mapped GET would never cancel its body. */
export function HEAD(request: Request): Response {
  const problem = refusalOf(running(), asked(request));
  return problem ? problemResponse(problem) : new Response(null, { headers: feedHeaders });
}

/** Publishes an event or up to 100; answers once they are on disk. */
export async function POST(request: Request): Promise<Response> {
  return publishedResponse(running(), request, await publishEvents(running(), request));
}

const refused = otherMethods('GET, HEAD, OPTIONS, POST');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as PUT };
