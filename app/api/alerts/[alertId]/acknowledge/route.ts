import { otherMethods } from '@/lib/protocol/problem';
import { acknowledge, respond } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly alertId: string }>;
}

/** Notes that somebody has seen the alert; answers it. */
export async function POST(_request: Request, { params }: Context): Promise<Response> {
  return respond(acknowledge(running(), (await params).alertId));
}

const refused = otherMethods('OPTIONS, POST');

export { refused as DELETE, refused as GET, refused as OPTIONS, refused as PATCH, refused as PUT };
