import { retryLetter } from '@/lib/server/http/handlers/notifications';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Sends it once more; 200 with the outcome, whether it arrived or not. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  POST: ({ context, id }) => retryLetter(context, id),
});
