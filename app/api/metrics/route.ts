import { running } from '@/lib/running';

export const dynamic = 'force-dynamic';

/** Every metric by name, with its unit and its last value. */
export function GET(request: Request): Response {
  const { history, hostName } = running();
  const host = new URL(request.url).searchParams.get('host') ?? hostName;
  return Response.json({ items: history.metrics(host) }, { headers: { 'Cache-Control': 'no-store' } });
}
