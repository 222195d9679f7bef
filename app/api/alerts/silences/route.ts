import { ok } from '@/lib/protocol/result';
import { createSilence } from '@/lib/server/http/handlers/alerts';
import { respond, respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context }) => respondList(ok(context.alerts.silences)),
  POST: async ({ context, request }) => respond(await createSilence(context, request), 201),
});
