import type { HistorySeries } from './history';
import type { Point } from './series';

/** Of a step that is longer than an hour, which the ladder does not have: in hours. */
const lengths = [2, 3, 6, 12, 24, 48, 72, 168, 336];

/**
 * A series in at most `points` steps: where even the coarsest are more, so many of them are one that they are not.
 * Lowest and highest are exact; the mean is that of the means of the steps in which something was measured.
 */
export function mergedTo<Series extends HistorySeries>(series: Series, points: number): Series {
  const count = series.points.length;
  if (count <= points + 1) return series;
  const least = count / points;
  const times = lengths.find((length) => length >= least) ?? Math.ceil(least);
  const stepMs = series.stepMs * times;
  const merged = new Map<number, Point[]>();
  for (const point of series.points) {
    const start = Math.floor(point[0] / stepMs) * stepMs;
    const inside = merged.get(start);
    if (inside) inside.push(point);
    else merged.set(start, [point]);
  }
  return { ...series, stepMs, points: [...merged].map(([start, inside]) => mergedPoint(start, inside)) };
}

function mergedPoint(start: number, inside: readonly Point[]): Point {
  let low: number | null = null;
  let high: number | null = null;
  let sum = 0;
  let count = 0;
  for (const [, min, avg, max] of inside) {
    if (min === null || avg === null || max === null) continue;
    low = Math.min(low ?? min, min);
    high = Math.max(high ?? max, max);
    sum += avg;
    count += 1;
  }
  return [start, low, count === 0 ? null : Number((sum / count).toPrecision(12)), high];
}
