import { otherMethods } from '@/lib/protocol/problem';
import { createChannel, respond, respondList } from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** Every channel, without its secrets, and how it fares. */
export function GET(): Response {
  return respondList({ ok: true, value: running().notify.channels() });
}

/** Adds a channel; answers it with its id. */
export async function POST(request: Request): Promise<Response> {
  return respond(await createChannel(running(), request), 201);
}

const refused = otherMethods('GET, HEAD, OPTIONS, POST');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as PUT };
