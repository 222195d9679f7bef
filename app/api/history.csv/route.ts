import { otherMethods } from '@/lib/protocol/problem';
import { inTurns } from '@/lib/server/concurrency/turns';
import { fileName } from '@/lib/server/export/file-name';
import { answerHistory } from '@/lib/server/http/handlers/history';
import { csvOf } from '@/lib/server/timeseries/csv';

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
