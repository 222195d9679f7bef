import { otherMethods } from '@/lib/protocol/problem';
import { respond, testChannel } from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

/** Sends a test; answers 200 with what happened, whether it arrived or not. */
export async function POST(_request: Request, { params }: Context): Promise<Response> {
  return respond(await testChannel(running(), (await params).id));
}

const refused = otherMethods('OPTIONS, POST');

export { refused as DELETE, refused as GET, refused as OPTIONS, refused as PATCH, refused as PUT };
