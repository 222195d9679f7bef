import { otherMethods } from '@/lib/events/problem';
import { labelledMetrics } from '@/lib/labelled-metrics';
import { running } from '@/lib/running';
import { uncached } from '@/lib/uncached';

export const dynamic = 'force-dynamic';

/** Every metric by name, with its unit, its last value and, of a published sensor, its label. */
export function GET(request: Request): Response {
  const host = new URL(request.url).searchParams.get('host');
  const items = labelledMetrics(running(), host);
  return Response.json({ items }, { headers: uncached });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
