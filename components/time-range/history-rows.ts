import type { TimeRange } from '@/lib/charts/time-axis';
import { indexAt, type Timeline, timelineOf } from '@/lib/client/store/timeline';
import type { Sensor } from '@/lib/health/sensors';
import type { SampleType } from '@/lib/protocol/event-types';
import { coreItem, itemName, metricName, metricOfSensor } from '@/lib/protocol/metrics';

/** The history of one metric as the server answers it; a point without samples has nulls. */
export interface MetricHistory {
  readonly metric: string;
  readonly stepMs: number;
  readonly points: readonly (readonly [
    t: number,
    min: number | null,
    avg: number | null,
    max: number | null,
  ])[];
}

type Timed = { readonly t: number };

/** What was set once and is not measured: limits. */
const settings = new Set(['high', 'critical', 'memoryLimitBytes']);

/** What changes and has no history. */
const conditions = new Set(['state', 'health', 'up']);

/** A sample of the same shape in which nothing was measured. Names and limits stay. */
export function blankOf<T>(sample: T): T {
  if (typeof sample === 'number') return null as T;
  if (Array.isArray(sample)) return sample.map(blankOf) as T;
  if (typeof sample !== 'object' || sample === null) return sample;
  return Object.fromEntries(
    Object.entries(sample).map(([key, value]) => [
      key,
      settings.has(key) ? value : conditions.has(key) ? null : blankOf(value),
    ]),
  ) as T;
}

type Path = readonly (string | number)[];

/** Where in a sample each of its metrics stands. */
export function metricPaths(type: SampleType, sample: object): ReadonlyMap<string, Path> {
  const paths = new Map<string, Path>();
  const add = (item: string | null, fields: object, at: Path) => {
    for (const [field, held] of Object.entries(fields))
      if (held === null || typeof held === 'number')
        paths.set(metricName({ group: type, item, field }), [...at, field]);
  };
  add(null, sample, []);
  for (const [key, held] of Object.entries(sample)) {
    if (!Array.isArray(held)) {
      if (typeof held === 'object' && held !== null) add(key, held, [key]);
      continue;
    }
    for (const [index, item] of held.entries()) {
      if (type === 'sensor-data') paths.set(metricOfSensor(item as Sensor), [key, index, 'value']);
      else if (typeof item === 'object' && item !== null) add(itemName(item), item, [key, index]);
      else paths.set(metricName({ group: type, item: coreItem(index), field: 'percent' }), [key, index]);
    }
  }
  return paths;
}

function put(row: object, path: Path, value: number): void {
  let holder = row as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) holder = holder[part] as Record<string | number, unknown>;
  holder[path.at(-1) ?? ''] = value;
}

const columns = { min: 1, avg: 2, max: 3 } as const;
export type Column = keyof typeof columns;

/** In the middle of what is shown of a step: the first and the last reach past the range. */
const middleOf = (start: number, stepMs: number, { from, to }: TimeRange) =>
  (Math.max(from, start) + Math.min(to, start + stepMs)) / 2;

/** Where the shorter steps begin that begin in a longer one: it need not be a multiple of them. */
function shorterSteps(start: number, stepMs: number, stepMsMin: number): number[] {
  const first = Math.ceil(start / stepMsMin) * stepMsMin;
  return Array.from(
    { length: Math.ceil((start + stepMs - first) / stepMsMin) },
    (_, k) => first + k * stepMsMin,
  );
}

/**
 * Rows as the feed has them, made of one column of history, each in the middle of its step. Metrics that are known
 * in longer steps are in each of the shorter ones. Steps without samples are no rows.
 */
export function rowsOf<Row extends Timed>(
  type: SampleType,
  sample: Row,
  histories: readonly MetricHistory[],
  range: TimeRange,
  column: Column = 'avg',
): readonly Row[] {
  const paths = metricPaths(type, sample);
  const rows = new Map<number, Row>();
  const least = histories.reduce((low, { stepMs }) => Math.min(low, stepMs), Number.POSITIVE_INFINITY);
  const fill = (t: number, path: Path, value: number) => {
    const row = rows.get(t) ?? { ...blankOf(sample), t };
    put(row, path, value);
    rows.set(t, row);
  };
  for (const { metric, stepMs, points } of [...histories].sort((one, other) => one.stepMs - other.stepMs)) {
    const path = paths.get(metric);
    if (!path) continue;
    for (const point of points) {
      const value = point[columns[column]];
      if (value === null) continue;
      const steps = shorterSteps(point[0], stepMs, least).map((start) => middleOf(start, least, range));
      const known = steps.filter((t) => rows.has(t));
      for (const t of stepMs === least ? steps : known) fill(t, path, value);
      if (stepMs > least && known.length === 0) fill(middleOf(point[0], stepMs, range), path, value);
    }
  }
  return [...rows.values()].sort((one, other) => one.t - other.t).map(withoutSilentSensors);
}

/** A sensor without a value in a step is not in its row. */
function withoutSilentSensors<Row>(row: Row): Row {
  const { sensors } = row as { sensors?: readonly Sensor[] };
  return sensors ? { ...row, sensors: sensors.filter(({ value }) => value !== null) } : row;
}

const replacedMsMax = 60_000;
let revision = 0;

/**
 * The page's live rows, and history where it has none: before it opened, and in gaps. No time twice: a step in which there
 * is a live row is the live rows'.
 */
export function joined<Row extends Timed>(
  history: readonly Row[],
  live: Timeline<Row>,
  { stepMs, from, to }: { readonly stepMs: number; readonly from: number; readonly to: number },
): Timeline<Row> {
  const own = live.rows;
  const isMissing = ({ t }: Row) => {
    // Steps begin at multiples of their length.
    const start = Math.floor(t / stepMs) * stepMs;
    const [first, next] = [indexAt(own, start), indexAt(own, start + stepMs)];
    if (first === next) return true;
    if (stepMs <= replacedMsMax) return false;
    // Of a longer step the page may have only a part: then the step is history’s.
    const slackMs = stepMs / 10;
    const begins = own[first]?.t ?? start;
    const ends = own[next - 1]?.t ?? start;
    return begins > start + slackMs || (next < own.length && ends < start + stepMs - slackMs);
  };
  const shown = own.filter(({ t }) => t >= from && t <= to);
  const rows = [...history.filter(isMissing), ...shown].sort((one, other) => one.t - other.t);
  const first = own[0];
  revision += 1_000_000;
  // A revision far from the last one: charts read all of it again.
  return {
    ...timelineOf(rows, (row) => row !== first && live.followsGap(row)),
    revision,
  };
}
