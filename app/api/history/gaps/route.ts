import { otherMethods } from '@/lib/protocol/problem';
import { answerGaps } from '@/lib/server/http/handlers/gaps';

export const dynamic = 'force-dynamic';

/** When nothing was measured in a range of time, and why. */
export function GET(request: Request): Promise<Response> {
  return answerGaps(request);
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
