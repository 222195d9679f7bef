import { problemResponse } from './events/problem';
import { parseGapsQuery } from './history/history-query';
import { running } from './running';
import { uncached } from './uncached';

/** What a request for the times without measurements gets. */
export function answerGaps(request: Request): Response {
  const { history, hostName } = running();
  const asked = parseGapsQuery(new URL(request.url).searchParams, {
    now: Date.now(),
    host: hostName,
    knowsHost: (host) => host === hostName || history.metrics(host).length > 0,
  });
  if (!asked.ok) return problemResponse(asked.problem);
  const { host, from, to } = asked.query;
  const response = Response.json({ items: history.gaps(host, from, to) });
  response.headers.set('Cache-Control', uncached['Cache-Control']);
  return response;
}
