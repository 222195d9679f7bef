import { deleteSilence, replaceSilence, silenceById } from '@/lib/server/http/handlers/alerts';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, id }) => silenceById(context, id),
  PUT: ({ context, id, request }) => replaceSilence(context, id, request),
  DELETE: ({ context, id }) => deleteSilence(context, id),
});
