import { pushKey } from '@/lib/server/http/handlers/notifications';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** The public key by which push services know this server (RFC 8292). */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context }) => pushKey(context),
});
