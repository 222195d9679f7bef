import { listEvents } from '@/lib/server/http/handlers/log';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: listEvents,
});
