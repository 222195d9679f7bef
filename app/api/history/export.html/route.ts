import { otherMethods } from '@/lib/protocol/problem';
import { answerExport } from '@/lib/server/http/handlers/export';

export const dynamic = 'force-dynamic';

/** A stretch of time as one HTML file that plays without a network. */
export function GET(request: Request): Promise<Response> {
  return answerExport(request);
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
