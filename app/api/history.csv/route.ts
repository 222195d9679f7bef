import { historyCsv } from '@/lib/server/http/handlers/history';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: historyCsv,
});
