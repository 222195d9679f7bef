import { otherMethods } from '@/lib/protocol/problem';
import { uncached } from '@/lib/server/http/cache-control';
import { labelledMetrics } from '@/lib/server/http/labelled-metrics';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** Every metric by name, with its unit, its last value and, of a published sensor, its label. */
export function GET(request: Request): Response {
  const host = new URL(request.url).searchParams.get('host');
  const items = labelledMetrics(running(), host);
  return Response.json({ items }, { headers: uncached });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
