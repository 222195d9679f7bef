import { otherMethods } from '@/lib/protocol/problem';
import { alertById, respond } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly alertId: string }>;
}

/** One alert. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return respond(alertById(running(), (await params).alertId));
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
