import { createSilence, respond, respondList } from '@/lib/alert-requests';
import { otherMethods } from '@/lib/events/problem';
import { running } from '@/lib/running';

export const dynamic = 'force-dynamic';

export function GET(): Response {
  return respondList({ ok: true, value: running().alerts.silences });
}

/** Adds a silence; answers it with its id. */
export async function POST(request: Request): Promise<Response> {
  return respond(await createSilence(running(), request), 201);
}

const refused = otherMethods('GET, HEAD, OPTIONS, POST');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as PUT };
