import { otherMethods } from '@/lib/protocol/problem';
import { deleteRule, replaceRule, respond, ruleById } from '@/lib/server/http/handlers/alerts';
import { running } from '@/lib/server/running';

export const dynamic = 'force-dynamic';

interface Context {
  readonly params: Promise<{ readonly id: string }>;
}

export async function GET(_request: Request, { params }: Context): Promise<Response> {
  return respond(ruleById(running(), (await params).id));
}

/** Replaces the rule. Its alerts go on where it judges as before, and end where it does not. */
export async function PUT(request: Request, { params }: Context): Promise<Response> {
  return respond(await replaceRule(running(), (await params).id, request));
}

export async function DELETE(_request: Request, { params }: Context): Promise<Response> {
  return respond(await deleteRule(running(), (await params).id));
}

const refused = otherMethods('DELETE, GET, HEAD, OPTIONS, PUT');

export { refused as OPTIONS, refused as PATCH, refused as POST };
