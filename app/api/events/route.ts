import { feedHead, feedResponse } from '@/lib/server/http/handlers/feed';
import { publishEvents, publishedResponse } from '@/lib/server/http/handlers/publish';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT } = route({
  GET: feedResponse,
  HEAD: feedHead,
  POST: async ({ context, request }) =>
    publishedResponse(context, request, await publishEvents(context, request)),
});
