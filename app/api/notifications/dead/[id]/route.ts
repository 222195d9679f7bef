import { otherMethods } from '@/lib/protocol/problem';
import { discardLetter, respond } from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

/** Takes a message off the list. */
export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  return respond(discardLetter(running(), (await params).id));
}

const refused = otherMethods('DELETE, OPTIONS');

export { refused as GET, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
