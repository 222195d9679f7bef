import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLocale, localeCookie } from '@/lib/i18n/locales';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import { metricOfSensor } from '@/lib/protocol/metrics';
import type { SensorData } from '@/lib/protocol/payloads';
import { ok, type Result } from '@/lib/protocol/result';
import { inTurns, type Pause } from '@/lib/server/concurrency/turns';
import { type ChartPlan, chartPlans, type HostMetric } from '@/lib/server/export/chart-plans';
import { exportedCharts } from '@/lib/server/export/charts';
import { type ExportQuery, parseExportQuery } from '@/lib/server/export/export-query';
import { exportedEvent } from '@/lib/server/export/exported-events';
import { fileName } from '@/lib/server/export/file-name';
import { fitted } from '@/lib/server/export/fit';
import { fileBytesMax, htmlFile, type PageParts } from '@/lib/server/export/html-file';
import type { HistorySeries } from '@/lib/server/timeseries/history';
import type { Call, HttpContext } from '../context';
import { labelledMetrics } from '../labelled-metrics';
import { searchLog, seqIn } from './log-search';

const eventsMax = 1_000;
const eventsPerSearch = 500;
/** So many searches examine 400,000 events. */
const searchesMax = 20;
/** Up to this many times the wanted steps are read and combined, so that a range between two tiers is not too coarse. */
const readRatioMax = 4;
const anything = { types: null, severities: null, text: null, alertId: null, after: null } as const;

/** The page's script and style; `scripts/export-page.mjs` makes them when the product is built. */
function readParts(): PageParts {
  return JSON.parse(readFileSync(join(process.cwd(), '.hostbeat', 'export-page.json'), 'utf8'));
}

/** A range of time as one HTML file that plays without a network. */
export async function exportFile({ context, request, query, client }: Call): Promise<Result<Response>> {
  const cookie = new RegExp(`(?:^|; )${localeCookie}=(\\w+)`).exec(request.headers.get('cookie') ?? '')?.[1];
  const asked = parseExportQuery(query, {
    now: Date.now(),
    chosen: isLocale(cookie) ? cookie : null,
    acceptLanguage: request.headers.get('accept-language'),
  });
  if (!asked.ok) return asked;
  const file = await context.work.export.run(client, (pause) => fileOf(context, asked.value, pause));
  if (!file.ok) return file;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Disposition': `attachment; filename="${fileName(context.hostName, asked.value.from, 'html')}"`,
  };
  return ok(new Response(file.value, { headers }));
}

async function fileOf(context: HttpContext, query: ExportQuery, pause: Pause): Promise<string> {
  const parts = readParts();
  const { facts } = context.initialState([]);
  const plans = chartPlans(namedMetrics(context), facts.memoryBytes);
  const events = await eventsOf(context, query, pause);
  const { text } = await fitted(
    async (points, most) => {
      const kept = most === 0 ? [] : events.slice(-most);
      const exported: ExportedFile = {
        lang: query.lang,
        facts,
        version: context.version,
        exportedAt: Date.now(),
        from: query.from,
        to: query.to,
        ...(await measured(context, plans, query, { points, pause })),
        events: kept,
        isCut: kept.length < events.length || events.length >= eventsMax,
        gaps: context.history.gaps(context.hostName, query.from, query.to),
      };
      return inTurns(htmlFile(exported, parts), pause);
    },
    fileBytesMax,
    eventsMax,
  );
  return text;
}

/** The metrics in history of this host, with the labels of its own sensors too. */
function namedMetrics(context: HttpContext): readonly HostMetric[] {
  const latest = context.latest.get('sensor-data');
  const { sensors } = latest ? (JSON.parse(latest.json) as SensorData) : { sensors: [] };
  const labels = new Map(sensors.map((sensor) => [metricOfSensor(sensor), sensor.label]));
  return labelledMetrics(context, null).map((metric) => ({
    ...metric,
    label: metric.label ?? labels.get(metric.name) ?? null,
  }));
}

/** The newest `eventsMax` durable events of the range, oldest first. */
async function eventsOf({ log, hostName }: HttpContext, { from, to }: ExportQuery, pause: Pause) {
  const found: NonNullable<ReturnType<typeof exportedEvent>>[] = [];
  let before: number | null = null;
  for (let search = 0; search < searchesMax; search += 1) {
    const asked = { ...anything, from, to, before, limit: eventsPerSearch };
    const { items, before: next } = await searchLog(log, asked, pause);
    for (const event of items) {
      const exported = event.host === hostName ? exportedEvent(event) : null;
      if (exported) found.push(exported);
    }
    before = next === null ? null : seqIn(log, next);
    if (before === null || found.length >= eventsMax) break;
  }
  return found.slice(0, eventsMax).sort((one, other) => one.t - other.t);
}

/** The charts, in at most `points` steps. */
async function measured(
  { history, hostName: host }: HttpContext,
  plans: readonly ChartPlan[],
  { from, to }: ExportQuery,
  { points, pause }: { readonly points: number; readonly pause: Pause },
): Promise<Pick<ExportedFile, 'charts' | 'start' | 'stepMs'>> {
  const metrics = [
    ...new Set(plans.flatMap(({ series }) => series.flatMap(({ plus, minus }) => [...plus, ...minus]))),
  ];
  const all = await inTurns(history.series({ host, metrics, from, to, points, readRatioMax }), pause);
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
