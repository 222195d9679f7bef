import { otherMethods } from '@/lib/protocol/problem';
import { pushKey, respond } from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** What a browser subscribes with: the public part of the key by which push services know this server. */
export function GET(): Response {
  return respond(pushKey(running()));
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
