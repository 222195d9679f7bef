import { otherMethods } from '@/lib/protocol/problem';
import { alertPage, respond } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** Alerts that are on and the latest that have ended, the newest first; `?state=` chooses, `?limit=` and `?offset=` page. */
export function GET(request: Request): Response {
  return respond(alertPage(running(), new URL(request.url).searchParams));
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
