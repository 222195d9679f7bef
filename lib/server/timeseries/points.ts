import type { Work } from '@/lib/server/concurrency/turns';
import type { Blocks } from './blocks';
import type { Column } from './column';
import { blockStart, type Steps } from './retention-tiers';

/** One step of a metric: its start (Unix ms), and nulls where it has no samples. */
export type Point = readonly [t: number, min: number | null, avg: number | null, max: number | null];

/** The samples of a metric in each step, as far as blocks have been read. */
interface Tally {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
}

/**
 * The steps, at multiples of `stepMs`, in which `from` to `to` (Unix ms) lies, by the number of the metric. Each block is
 * read once for all metrics. Minimum, maximum and mean are exact: those of all samples.
 */
export function* pointsOf(
  blocks: Blocks,
  metrics: readonly number[],
  { tier, stepMs }: Steps,
  { from, to }: { readonly from: number; readonly to: number },
): Work<Map<number, Point[]>> {
  const begin = Math.floor(from / stepMs) * stepMs;
  const length = Math.max(0, Math.ceil((to - begin) / stepMs));
  const tallies = new Map(metrics.map((metric) => [metric, newTally(length)]));
  const wanted = new Set(metrics);
  for (let start = blockStart(tier, from); start < to; start += tier.blockMs) {
    yield;
    const columns = blocks.read(tier, start, wanted);
    if (!columns) continue;
    const first = Math.max(0, Math.floor((from - start) / tier.stepMs));
    const end = Math.min(tier.stepsPerBlock, Math.ceil((to - start) / tier.stepMs));
    for (const [metric, tally] of tallies) {
      const column = columns.get(metric);
      if (!column) continue;
      for (let step = first; step < end; step += 1) {
        take(tally, Math.floor((start + step * tier.stepMs - begin) / stepMs), column, step);
      }
    }
  }
  return new Map([...tallies].map(([metric, tally]) => [metric, pointsIn(tally, begin, stepMs)]));
}

function newTally(length: number): Tally {
  return {
    counts: new Float64Array(length),
    sums: new Float64Array(length),
    mins: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
    maxs: new Float64Array(length).fill(Number.NEGATIVE_INFINITY),
  };
}

function take({ counts, sums, mins, maxs }: Tally, at: number, column: Column, step: number): void {
  const count = column.counts[step] as number;
  if (count === 0) return;
  (counts[at] as number) += count;
  (sums[at] as number) += column.sums[step] as number;
  mins[at] = Math.min(mins[at] as number, column.mins[step] as number);
  maxs[at] = Math.max(maxs[at] as number, column.maxs[step] as number);
}

function pointsIn({ counts, sums, mins, maxs }: Tally, begin: number, stepMs: number): Point[] {
  return Array.from(counts, (count, at): Point => {
    const t = begin + at * stepMs;
    if (count === 0) return [t, null, null, null];
    const average = Number(((sums[at] as number) / count).toPrecision(12));
    return [t, mins[at] as number, average, maxs[at] as number];
  });
}
