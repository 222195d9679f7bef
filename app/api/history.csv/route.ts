import { otherMethods } from '@/lib/events/problem';
import { fileName } from '@/lib/export/file-name';
import { csvOf } from '@/lib/history/csv';
import { answerHistory } from '@/lib/history-answer';

export const dynamic = 'force-dynamic';

/** The same as `/api/history`, for spreadsheets. */
export function GET(request: Request): Response {
  return answerHistory(
    request,
    (series, { host, from }) =>
      new Response(csvOf(series), {
        headers: {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': `attachment; filename="${fileName(host, from, 'csv')}"`,
        },
      }),
  );
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
