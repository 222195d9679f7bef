import { alertById } from '@/lib/server/http/handlers/alerts';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, id }) => alertById(context, id),
});
