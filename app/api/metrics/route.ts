import { ok } from '@/lib/protocol/result';
import { labelledMetrics } from '@/lib/server/http/labelled-metrics';
import { respondList } from '@/lib/server/http/respond';
import { route } from '@/lib/server/http/route';

export const dynamic = 'force-dynamic';

/** Every metric by name, with its unit, its last value and, of a published sensor, its label. */
export const { DELETE, GET, OPTIONS, PATCH, POST, PUT } = route({
  GET: ({ context, query }) => respondList(ok(labelledMetrics(context, query.get('host')))),
});
