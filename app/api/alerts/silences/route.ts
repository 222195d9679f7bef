import { otherMethods } from '@/lib/protocol/problem';
import { createSilence, respond, respondList } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

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
