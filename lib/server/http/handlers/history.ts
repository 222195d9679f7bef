import type { Result } from '@/lib/protocol/result';
import { inTurns, type Pause } from '@/lib/server/concurrency/turns';
import { fileName } from '@/lib/server/export/file-name';
import { csvOf } from '@/lib/server/timeseries/csv';
import type { HistorySeries, SeriesQuery } from '@/lib/server/timeseries/history';
import { parseGapsQuery, parseHistoryQuery } from '@/lib/server/timeseries/history-query';
import type { Call } from '../context';
import { unitsOf } from '../labelled-metrics';

interface HistoryForm {
  readonly kind: 'history' | 'csv';
  /** The body with its own headers. */
  write(series: readonly HistorySeries[], query: SeriesQuery, pause: Pause): Promise<Response>;
}

const asJson: HistoryForm = {
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
};

const asCsv: HistoryForm = {
  kind: 'csv',
  async write(series, { host, from }, pause) {
    return new Response(await inTurns(csvOf(series), pause), {
      headers: {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${fileName(host, from, 'csv')}"`,
      },
    });
  },
};

/** One metric or several over a range of time; several come as `items`. */
export const historyJson = (call: Call): Promise<Result<Response>> => historyAs(asJson, call);

/** The same for spreadsheets. */
export const historyCsv = (call: Call): Promise<Result<Response>> => historyAs(asCsv, call);

async function historyAs(
  { kind, write }: HistoryForm,
  { context, query, client }: Call,
): Promise<Result<Response>> {
  const { history, hostName, work } = context;
  const knows = (host: string, metric: string) => history.knows(host, metric);
  const asked = parseHistoryQuery(query, { now: Date.now(), host: hostName, knows });
  if (!asked.ok) return asked;
  return work[kind].run(client, async (pause) => {
    const unitOf = unitsOf(context);
    const series = await inTurns(history.series(asked.value), pause);
    return write(
      series.map((one) => ({ ...one, unit: unitOf(one.metric, one.unit) })),
      asked.value,
      pause,
    );
  });
}

/** When nothing was measured in a range of time, and why. */
export async function listGaps({ context, query, client }: Call): Promise<Result<object>> {
  const { history, hostName, work } = context;
  const asked = parseGapsQuery(query, {
    now: Date.now(),
    host: hostName,
    knowsHost: (host) => host === hostName || history.metrics(host).length > 0,
  });
  if (!asked.ok) return asked;
  const { host, from, to } = asked.value;
  return work.gaps.run(client, async (pause) => {
    await pause();
    return { items: history.gaps(host, from, to) };
  });
}
