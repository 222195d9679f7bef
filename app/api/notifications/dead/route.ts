import { deadLetters } from '@/lib/server/http/handlers/notifications';
import { respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Dead letters, the newest first. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context }) => respondList(deadLetters(context)),
});
