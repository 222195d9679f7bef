import { recentHead, recentResponse } from '@/lib/server/http/handlers/feed';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = route({
  GET: recentResponse,
  HEAD: recentHead,
});
