import { problemResponse } from './events/problem';
import type { HistorySeries, SeriesQuery } from './history/history';
import { parseHistoryQuery } from './history/history-query';
import { unitOf } from './labelled-metrics';
import { running } from './running';
import { uncached } from './uncached';

/** What a request for history gets: `answer` makes it of the series, whatever the form. */
export function answerHistory(
  request: Request,
  answer: (series: readonly HistorySeries[], query: SeriesQuery) => Response,
): Response {
  const runtime = running();
  const { history, hostName } = runtime;
  const asked = parseHistoryQuery(new URL(request.url).searchParams, {
    now: Date.now(),
    host: hostName,
    knows: history.knows,
  });
  if (!asked.ok) return problemResponse(asked.problem);
  const response = answer(
    history
      .query(asked.query)
      .map((series) => ({ ...series, unit: unitOf(runtime, series.metric, series.unit) })),
    asked.query,
  );
  response.headers.set('Cache-Control', uncached['Cache-Control']);
  return response;
}
