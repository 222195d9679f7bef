import { indexAt, type Timeline, timelineOf } from '@/lib/live/timeline';

/** The history of one metric as the server answers it; a hole is a point with nulls. */
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

/** A sample of the same shape in which nothing was measured. Names and texts stay. */
export function blankOf<T>(sample: T): T {
  if (typeof sample === 'number') return null as T;
  if (Array.isArray(sample)) return sample.map(blankOf) as T;
  if (typeof sample !== 'object' || sample === null) return sample;
  return Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, blankOf(value)])) as T;
}

/** Puts a value where `<event>.<field>` or `<event>.<item>.<field>` has it; an item's name may have dots in it. */
function put(row: object, metric: string, value: number | null): void {
  const parts = metric.split('.');
  const field = parts.at(-1) ?? '';
  const item = parts.slice(1, -1).join('.');
  const holders: readonly unknown[] =
    item === ''
      ? [row]
      : Object.entries(row).flatMap(([key, held]): unknown[] =>
          Array.isArray(held) ? held.filter(({ name } = {}) => name === item) : key === item ? [held] : [],
        );
  for (const holder of holders) if (holder) Object.assign(holder, { [field]: value });
}

/** Rows as the feed has them, made of the means of their metrics, each in the middle of its step. Holes are no rows. */
export function rowsOf<Row extends Timed>(sample: Row, histories: readonly MetricHistory[]): readonly Row[] {
  const blank = blankOf(sample);
  const rows = new Map<number, Row>();
  for (const { metric, stepMs, points } of histories) {
    for (const [from, , avg] of points) {
      if (avg === null) continue;
      const t = from + stepMs / 2;
      const row = rows.get(t) ?? { ...structuredClone(blank), t };
      put(row, metric, avg);
      rows.set(t, row);
    }
  }
  return [...rows.values()].sort((one, other) => one.t - other.t);
}

let revision = 0;

/**
 * What the page has heard itself, and history where it has heard nothing: before it opened, and in the holes that an
 * outage left. No moment twice: a step in which there is a live row is the live rows'.
 */
export function joined<Row extends Timed>(
  history: readonly Row[],
  live: Timeline<Row>,
  { stepMs, from, to }: { readonly stepMs: number; readonly from: number; readonly to: number },
): Timeline<Row> {
  const told = live.rows;
  const isUntold = ({ t }: Row) =>
    (told[indexAt(told, t - stepMs / 2)]?.t ?? Number.POSITIVE_INFINITY) >= t + stepMs / 2;
  const shown = told.filter(({ t }) => t >= from && t <= to);
  const rows = [...history.filter(isUntold), ...shown].sort((one, other) => one.t - other.t);
  const first = told[0];
  revision += 1_000_000;
  // A revision far from the last one: whoever draws it reads all of it anew.
  return {
    ...timelineOf(rows, (row) => row !== first && live.isTorn(row)),
    revision,
  };
}
