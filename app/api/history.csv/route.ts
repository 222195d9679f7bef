import { otherMethods } from '@/lib/events/problem';
import { inTurns } from '@/lib/events/turns';
import { fileName } from '@/lib/export/file-name';
import { csvOf } from '@/lib/history/csv';
import { answerHistory } from '@/lib/history-answer';

export const dynamic = 'force-dynamic';

/** The same as `/api/history`, for spreadsheets. */
export function GET(request: Request): Promise<Response> {
  return answerHistory(request, {
    kind: 'csv',
    async write(series, { host, from }, pause) {
      return new Response(await inTurns(csvOf(series), pause), {
        headers: {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': `attachment; filename="${fileName(host, from, 'csv')}"`,
        },
      });
    },
  });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
