import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLocale, localeCookie } from '@/lib/i18n/locales';
import type { Moment } from '@/lib/protocol/exported-file';
import { metricOfSensor } from '@/lib/protocol/metrics';
import type { SensorData } from '@/lib/protocol/payloads';
import { problemResponse } from '@/lib/protocol/problem';
import { inTurns, type Pause } from '@/lib/server/concurrency/turns';
import { type ChartPlan, chartPlans, type KnownMetric } from '@/lib/server/export/chart-plans';
import { exportedCharts } from '@/lib/server/export/charts';
import { type ExportQuery, parseExportQuery } from '@/lib/server/export/export-query';
import { exportedEvent } from '@/lib/server/export/exported-events';
import { fileName } from '@/lib/server/export/file-name';
import { fitted } from '@/lib/server/export/fit';
import { htmlFile, maxFileBytes, type PageParts } from '@/lib/server/export/html-file';
import { running } from '@/lib/server/running';
import type { Runtime } from '@/lib/server/runtime';
import type { HistorySeries } from '@/lib/server/timeseries/history';
import { uncached } from '../cache-control';
import { labelledMetrics } from '../labelled-metrics';
import { searchLog, seqIn } from './log-search';

const mostEvents = 1_000;
const eventsPerSearch = 500;
/** A search that does not come to its end within these has looked at 400,000 events. */
const mostSearches = 20;
/** Finer steps than are asked for are read, and some of them made one, so that no range falls between two levels. */
const finer = 4;
const anything = { types: null, severities: null, text: null, alertId: null, after: null } as const;

/** The page's script and style; `scripts/export-page.mjs` makes them when the product is built. */
function readParts(): PageParts {
  return JSON.parse(readFileSync(join(process.cwd(), '.hostbeat', 'export-page.json'), 'utf8'));
}

/** What a request for a moment as a file gets. */
export async function answerExport(request: Request): Promise<Response> {
  const runtime = running();
  const cookie = new RegExp(`(?:^|; )${localeCookie}=(\\w+)`).exec(request.headers.get('cookie') ?? '')?.[1];
  const asked = parseExportQuery(new URL(request.url).searchParams, {
    now: Date.now(),
    chosen: isLocale(cookie) ? cookie : null,
    acceptLanguage: request.headers.get('accept-language'),
  });
  if (!asked.ok) return problemResponse(asked.problem);
  const query = asked.value;
  const client = { address: runtime.peerOf(request.headers), signal: request.signal };
  const worked = await runtime.work.export.run(client, (pause) => fileOf(runtime, query, pause));
  if (!worked.ok) return problemResponse(worked.problem);
  return new Response(worked.value, {
    headers: {
      ...uncached,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Disposition': `attachment; filename="${fileName(runtime.hostName, query.from, 'html')}"`,
    },
  });
}

async function fileOf(runtime: Runtime, query: ExportQuery, pause: Pause): Promise<string> {
  const parts = readParts();
  const { facts } = runtime.initialState([]);
  const plans = chartPlans(namedMetrics(runtime), facts.memoryBytes);
  const events = await eventsOf(runtime, query, pause);
  const { text } = await fitted(
    async (points, most) => {
      const kept = most === 0 ? [] : events.slice(-most);
      const moment: Moment = {
        lang: query.lang,
        facts,
        version: runtime.version,
        exportedAt: Date.now(),
        from: query.from,
        to: query.to,
        ...(await measured(runtime, plans, query, { points, pause })),
        events: kept,
        isCut: kept.length < events.length || events.length >= mostEvents,
        gaps: runtime.history.gaps(runtime.hostName, query.from, query.to),
      };
      return inTurns(htmlFile(moment, parts), pause);
    },
    maxFileBytes,
    mostEvents,
  );
  return text;
}

/** What history knows of this host, with what its own sensors are called, too. */
function namedMetrics(runtime: Runtime): readonly KnownMetric[] {
  const latest = runtime.latest.get('sensor-data');
  const { sensors } = latest ? (JSON.parse(latest.json) as SensorData) : { sensors: [] };
  const labels = new Map(sensors.map((sensor) => [metricOfSensor(sensor), sensor.label]));
  return labelledMetrics(runtime, null).map((metric) => ({
    ...metric,
    label: metric.label ?? labels.get(metric.name) ?? null,
  }));
}

/** Everything that lasts and happened in the range, the oldest first; the newest `mostEvents` of it. */
async function eventsOf({ log, hostName }: Runtime, { from, to }: ExportQuery, pause: Pause) {
  const found: NonNullable<ReturnType<typeof exportedEvent>>[] = [];
  let before: number | null = null;
  for (let search = 0; search < mostSearches; search += 1) {
    const asked = { ...anything, from, to, before, limit: eventsPerSearch };
    const { items, before: next } = await searchLog(log, asked, pause);
    for (const event of items) {
      const exported = event.host === hostName ? exportedEvent(event) : null;
      if (exported) found.push(exported);
    }
    before = next === null ? null : seqIn(log, next);
    if (before === null || found.length >= mostEvents) break;
  }
  return found.slice(0, mostEvents).sort((one, other) => one.t - other.t);
}

/** The charts in at most so many steps. */
async function measured(
  { history, hostName: host }: Runtime,
  plans: readonly ChartPlan[],
  { from, to }: ExportQuery,
  { points, pause }: { readonly points: number; readonly pause: Pause },
): Promise<Pick<Moment, 'charts' | 'start' | 'stepMs'>> {
  const metrics = [
    ...new Set(plans.flatMap(({ series }) => series.flatMap(({ plus, minus }) => [...plus, ...minus]))),
  ];
  const all = await inTurns(history.series({ host, metrics, from, to, points, finer }), pause);
  const series = new Map<string, HistorySeries>(all.map((one) => [one.metric, one]));
  const [any] = series.values();
  return {
    charts: await inTurns(
      exportedCharts(plans, (metric) => series.get(metric)?.points),
      pause,
    ),
    start: any?.points[0]?.[0] ?? from,
    stepMs: any?.stepMs ?? 1_000,
  };
}
