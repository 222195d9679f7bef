import type { ExportedChart, ExportedSeries, Values } from '@/lib/protocol/exported-file';
import type { Work } from '@/lib/server/concurrency/turns';
import { type ChartPlan, chartsPerKeyMax, type SeriesPlan } from './chart-plans';

/** A step of history. */
type Point = readonly [t: number, min: number | null, avg: number | null, max: number | null];

/** The steps of a metric, the same for all metrics; `undefined` for one without history. */
export type PointsOf = (metric: string) => readonly Point[] | undefined;

/** More digits than a chart or its legend shows. */
const digits = 4;
const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(digits)));

function sumAt(plan: SeriesPlan, pointsOf: PointsOf, index: number): number | null {
  let sum: number | null = null;
  for (const metric of plan.plus) {
    const mean = pointsOf(metric)?.[index]?.[2] ?? null;
    if (mean !== null) sum = (sum ?? 0) + mean;
  }
  for (const metric of plan.minus) {
    const mean = pointsOf(metric)?.[index]?.[2] ?? null;
    if (sum === null || mean === null) return null;
    sum = Math.max(0, sum - mean);
  }
  return sum;
}

/** Only a single metric has lowest and highest values; those of a sum cannot be had from its parts. */
function seriesOf(plan: SeriesPlan, pointsOf: PointsOf): ExportedSeries | null {
  const metrics = [...plan.plus, ...plan.minus].filter((metric) => pointsOf(metric) !== undefined);
  const [first] = metrics;
  const points = first === undefined ? undefined : pointsOf(first);
  if (!points) return null;
  const avg = points.map((_, index) => rounded(sumAt(plan, pointsOf, index)));
  if (avg.every((value) => value === null)) return null;
  const { key, label } = plan;
  const hasBand = metrics.length === 1 && points.some(([, min, , max]) => min !== max);
  if (!hasBand) return { key, label, avg, low: null, high: null };
  return {
    key,
    label,
    avg,
    low: points.map(([, min]) => rounded(min)),
    high: points.map(([, , , max]) => rounded(max)),
  };
}

const peakOf = (values: Values) =>
  values.reduce<number>((peak, value) => Math.max(peak, value ?? peak), Number.NEGATIVE_INFINITY);

/** The `most` with the highest peaks, in their order. */
function highest<T>(all: readonly T[], countMax: number, peak: (one: T) => number): readonly T[] {
  if (all.length <= countMax) return all;
  const chosen = new Set([...all].sort((one, other) => peak(other) - peak(one)).slice(0, countMax));
  return all.filter((one) => chosen.has(one));
}

const peakOfSeries = ({ avg, high }: ExportedSeries) => peakOf(high ?? avg);
const peakOfChart = ({ series }: ExportedChart) => Math.max(...series.map(peakOfSeries));

/** The charts that have values. Of several charts of a key, those that are always 0 are left out. */
export function* exportedCharts(
  plans: readonly ChartPlan[],
  pointsOf: PointsOf,
): Work<readonly ExportedChart[]> {
  const charts: ExportedChart[] = [];
  for (const { key, item, unit, form, top, seriesMax, series } of plans) {
    const drawn: ExportedSeries[] = [];
    for (const plan of series) {
      yield;
      const one = seriesOf(plan, pointsOf);
      if (one) drawn.push(one);
    }
    const shown = form === 'lines' ? highest(drawn, seriesMax, peakOfSeries) : drawn;
    if (shown.length > 0) charts.push({ key, item, unit, form, top, series: shown });
  }
  return [...new Set(charts.map(({ key }) => key))].flatMap((key) => {
    const same = charts.filter((chart) => chart.key === key);
    const moved = same.filter((chart) => peakOfChart(chart) !== 0);
    if (key === 'swap') return moved;
    return highest(moved.length > 0 ? moved : same.slice(0, 1), chartsPerKeyMax, peakOfChart);
  });
}
