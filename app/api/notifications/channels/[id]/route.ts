import { otherMethods } from '@/lib/protocol/problem';
import {
  channelById,
  deleteChannel,
  replaceChannel,
  respond,
} from '@/lib/server/http/handlers/notifications';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return respond(channelById(running(), (await params).id));
}

/** Replaces the settings; secrets that are left out stay. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  return respond(await replaceChannel(running(), (await params).id, request));
}

export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  return respond(deleteChannel(running(), (await params).id));
}

const refused = otherMethods('DELETE, GET, HEAD, OPTIONS, PUT');

export { refused as OPTIONS, refused as PATCH, refused as POST };
