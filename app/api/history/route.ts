import { otherMethods } from '@/lib/events/problem';
import { answerHistory } from '@/lib/history-answer';

export const dynamic = 'force-dynamic';

/** What one metric or several did in a range of time; several come as `items`. */
export function GET(request: Request): Response {
  return answerHistory(request, (series) =>
    Response.json(series.length === 1 ? series[0] : { items: series }),
  );
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
