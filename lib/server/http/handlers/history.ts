import { problemResponse } from '@/lib/protocol/problem';
import { inTurns, type Pause } from '@/lib/server/concurrency/turns';
import { running } from '@/lib/server/running';
import type { HistorySeries, SeriesQuery } from '@/lib/server/timeseries/history';
import { parseHistoryQuery } from '@/lib/server/timeseries/history-query';
import { uncached } from '../cache-control';
import { unitsOf } from '../labelled-metrics';

export interface HistoryForm {
  readonly kind: 'history' | 'csv';
  /** The body, and what its headers say of it. */
  write(series: readonly HistorySeries[], query: SeriesQuery, pause: Pause): Promise<Response>;
}

/** What a request for history gets, in any form. */
export async function answerHistory(request: Request, { kind, write }: HistoryForm): Promise<Response> {
  const runtime = running();
  const { history, hostName, work } = runtime;
  const asked = parseHistoryQuery(new URL(request.url).searchParams, {
    now: Date.now(),
    host: hostName,
    knows: history.knows,
  });
  if (!asked.ok) return problemResponse(asked.problem);
  const client = { address: runtime.peerOf(request.headers), signal: request.signal };
  const worked = await work[kind].run(client, async (pause) => {
    const unitOf = unitsOf(runtime);
    const series = await inTurns(history.series(asked.value), pause);
    return write(
      series.map((one) => ({ ...one, unit: unitOf(one.metric, one.unit) })),
      asked.value,
      pause,
    );
  });
  if (!worked.ok) return problemResponse(worked.problem);
  worked.value.headers.set('Cache-Control', uncached['Cache-Control']);
  return worked.value;
}
