import { otherMethods } from '@/lib/protocol/problem';
import { deleteSilence, replaceSilence, respond, silenceById } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return respond(silenceById(running(), (await params).id));
}

/** Replaces the silence. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  return respond(await replaceSilence(running(), (await params).id, request));
}

export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  return respond(deleteSilence(running(), (await params).id));
}

const refused = otherMethods('DELETE, GET, HEAD, OPTIONS, PUT');

export { refused as OPTIONS, refused as PATCH, refused as POST };
