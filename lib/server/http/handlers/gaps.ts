import { problemResponse } from '@/lib/protocol/problem';
import { running } from '@/lib/server/running';
import { parseGapsQuery } from '@/lib/server/timeseries/history-query';
import { uncached } from '../cache-control';

/** What a request for the times without measurements gets. */
export async function answerGaps(request: Request): Promise<Response> {
  const { history, hostName, work, peerOf } = running();
  const asked = parseGapsQuery(new URL(request.url).searchParams, {
    now: Date.now(),
    host: hostName,
    knowsHost: (host) => host === hostName || history.metrics(host).length > 0,
  });
  if (!asked.ok) return problemResponse(asked.problem);
  const { host, from, to } = asked.value;
  const client = { address: peerOf(request.headers), signal: request.signal };
  const worked = await work.gaps.run(client, async (pause) => {
    await pause();
    return Response.json({ items: history.gaps(host, from, to) });
  });
  if (!worked.ok) return problemResponse(worked.problem);
  const response = worked.value;
  response.headers.set('Cache-Control', uncached['Cache-Control']);
  return response;
}
