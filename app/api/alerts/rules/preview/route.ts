import { previewRule } from '@/lib/server/http/handlers/alerts';
import { respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** When a rule would have fired, over what the log still holds. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  POST: async ({ context, request }) => respondList(await previewRule(context, request), 'firings'),
});
