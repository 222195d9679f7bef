import { otherMethods } from '@/lib/protocol/problem';
import { healthFor } from '@/lib/server/http/health-access';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** 200 when all is well, else 503 with what is wrong; other machines are told which of the two alone. */
export function GET(request: Request): Response {
  const health = healthFor(running(), request.headers);
  const status = health.status === 'ok' ? 200 : 503;
  return Response.json(health, { status, headers: { 'Cache-Control': 'no-store' } });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
