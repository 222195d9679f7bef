import { ok } from '@/lib/protocol/result';
import { createRule } from '@/lib/server/http/handlers/alerts';
import { respond, respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context }) => respondList(ok(context.alerts.rules)),
  POST: async ({ context, request }) => respond(await createRule(context, request), 201),
});
