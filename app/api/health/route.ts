import { healthResponse } from '@/lib/server/http/handlers/health';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, request }) => healthResponse(context, request.headers),
});
