import { otherMethods } from '@/lib/protocol/problem';
import { previewRule, respondList } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

/** When a rule would have fired, over what the log still holds. */
export async function POST(request: Request): Promise<Response> {
  return respondList(await previewRule(running(), request), 'firings');
}

const refused = otherMethods('OPTIONS, POST');

export { refused as DELETE, refused as GET, refused as OPTIONS, refused as PATCH, refused as PUT };
