import { ok } from '@/lib/protocol/result';
import { createChannel } from '@/lib/server/http/handlers/notifications';
import { respond, respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Every channel, without its secrets, with the state of its delivery. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context }) => respondList(ok(context.notify.channels())),
  POST: async ({ context, request }) => respond(await createChannel(context, request), 201),
});
