import { otherMethods } from '@/lib/events/problem';
import { respond, retryLetter } from '@/lib/notification-requests';
import { running } from '@/lib/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

/** Sends it once more; answers 200 with what happened, whether it arrived or not. */
export async function POST(_request: Request, { params }: Context): Promise<Response> {
  return respond(await retryLetter(running(), (await params).id));
}

const refused = otherMethods('OPTIONS, POST');

export { refused as DELETE, refused as GET, refused as OPTIONS, refused as PATCH, refused as PUT };
