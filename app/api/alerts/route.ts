import { alertPage } from '@/lib/server/http/handlers/alerts';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Active and resolved alerts, the newest first; `?state=` filters, `?limit=` and `?offset=` page. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, query }) => alertPage(context, query),
});
