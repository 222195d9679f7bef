import { otherMethods } from '@/lib/protocol/problem';
import { deadLetters, respondList } from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** What could not be delivered and was given up on, newest first. */
export function GET(): Response {
  return respondList(deadLetters(running()));
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
