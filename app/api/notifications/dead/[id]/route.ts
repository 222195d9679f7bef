import { discardLetter } from '@/lib/server/http/handlers/notifications';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  DELETE: ({ context, id }) => discardLetter(context, id),
});
