import { deleteRule, replaceRule, ruleById } from '@/lib/server/http/handlers/alerts';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, id }) => ruleById(context, id),
  PUT: ({ context, id, request }) => replaceRule(context, id, request),
  DELETE: ({ context, id }) => deleteRule(context, id),
});
