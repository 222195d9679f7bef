import { usualDistance } from '@/lib/charts/gaps';
import { createPathBuilder } from '@/lib/charts/path-builder';
import type { PathGroup } from '@/lib/charts/path-groups';

/** A metric over time, Unix ms; a step in which nothing was measured is a point with nulls. */
export interface HistoryData {
  readonly stepMs: number;
  readonly points: readonly (readonly [
    t: number,
    min: number | null,
    avg: number | null,
    max: number | null,
  ])[];
}

export interface Projection {
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
}

/** A value stands for so many of the usual distances to the next one: what is rare has no value in most steps. */
const reach = 2.5;

interface Step {
  readonly t: number;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}

const carries = () => true;
const groups: readonly PathGroup<Step>[] = [
  { count: 1, filled: false, carries, edges: ({ avg }) => [avg] },
  { count: 2, filled: true, carries, edges: ({ min, max }) => [min, max] },
];

/** The line of the means, and the band from the lowest to the highest; both end where there is a gap. */
export function historyPaths(
  { points, stepMs }: HistoryData,
  { x, y }: Projection,
): { readonly line: string; readonly band: string } {
  const rows = points.flatMap(([t, min, avg, max]): Step[] =>
    min === null || avg === null || max === null ? [] : [{ t, min, avg, max }],
  );
  const usualMs = usualDistance(rows.map(({ t }) => t)) ?? stepMs;
  // At each step something is missing as soon as one is; rarer values come when they come.
  const gapMs = usualMs > stepMs ? reach * usualMs : stepMs;
  const builder = createPathBuilder({ x, y, gapMs, lonePx: x(usualMs) - x(0), groups });
  const [line = '', , band = ''] = builder.draw({ rows, revision: rows.length, followsGap: () => false });
  return { line, band };
}
