import { channelById, deleteChannel, replaceChannel } from '@/lib/server/http/handlers/notifications';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, id }) => channelById(context, id),
  PUT: ({ context, id, request }) => replaceChannel(context, id, request),
  DELETE: ({ context, id }) => deleteChannel(context, id),
});
