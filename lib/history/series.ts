import type { Blocks } from './blocks';
import { blockStart, type Level } from './ladder';

/** One step of a metric: its start (Unix ms), and nulls where nothing was measured. */
export type Point = readonly [t: number, min: number | null, avg: number | null, max: number | null];

/** The steps of each metric, by its number, that `from` to `to` (Unix ms) touch. Each block is read once for all. */
export function pointsOf(
  blocks: Blocks,
  metrics: readonly number[],
  level: Level,
  { from, to }: { readonly from: number; readonly to: number },
): Map<number, Point[]> {
  const wanted = new Set(metrics);
  const series = new Map<number, Point[]>([...wanted].map((metric) => [metric, []]));
  const first = Math.floor(from / level.stepMs) * level.stepMs;
  for (let start = blockStart(level, first); start < to; start += level.blockMs) {
    const columns = blocks.read(level, start, wanted);
    const [begin, end] = [Math.max(first, start), Math.min(to, start + level.blockMs)];
    for (const [metric, points] of series) {
      const column = columns?.get(metric);
      for (let t = begin; t < end; t += level.stepMs) {
        const step = (t - start) / level.stepMs;
        const count = column?.counts[step] ?? 0;
        if (!column || count === 0) points.push([t, null, null, null]);
        else {
          const average = Number(((column.sums[step] ?? 0) / count).toPrecision(12));
          points.push([t, column.mins[step] ?? 0, average, column.maxs[step] ?? 0]);
        }
      }
    }
  }
  return series;
}
