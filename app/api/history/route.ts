import { otherMethods } from '@/lib/protocol/problem';
import { answerHistory } from '@/lib/server/http/handlers/history';

export const dynamic = 'force-dynamic';

/** What one metric or several did in a range of time; several come as `items`. */
export function GET(request: Request): Promise<Response> {
  return answerHistory(request, {
    kind: 'history',
    async write(series, _query, pause) {
      const parts: string[] = [];
      for (const one of series) {
        await pause();
        parts.push(JSON.stringify(one));
      }
      const body = parts.length === 1 ? parts[0] : `{"items":[${parts.join(',')}]}`;
      return new Response(body, { headers: { 'Content-Type': 'application/json' } });
    },
  });
}

const refused = otherMethods('GET, HEAD, OPTIONS');

export { refused as DELETE, refused as OPTIONS, refused as PATCH, refused as POST, refused as PUT };
