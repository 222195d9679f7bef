import { otherMethods, problemResponse } from '@/lib/protocol/problem';
import { uncached } from '@/lib/server/http/cache-control';
import { parseLogRequest } from '@/lib/server/http/handlers/log';
import { searchLog } from '@/lib/server/http/handlers/log-search';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** Events that last, the newest first, as far back as they are kept. */
export async function GET(request: Request): Promise<Response> {
  const { log, work, peerOf } = running();
  const asked = parseLogRequest(log, new URL(request.url).searchParams);
  if (!asked.ok) return problemResponse(asked.problem);
  const client = { address: peerOf(request.headers), signal: request.signal };
  const worked = await work.search.run(client, (pause) => searchLog(log, asked.value, pause));
  if (!worked.ok) return problemResponse(worked.problem);
  return Response.json(worked.value, { headers: uncached });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
