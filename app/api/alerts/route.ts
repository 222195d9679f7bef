import { listAlerts, respondList } from '@/lib/alert-requests';
import { otherMethods } from '@/lib/events/problem';
import { running } from '@/lib/running';

export const dynamic = 'force-dynamic';

/** Alerts that are on and the latest that have ended, the newest first; `?state=` chooses. */
export function GET(request: Request): Response {
  return respondList(listAlerts(running(), new URL(request.url).searchParams));
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
