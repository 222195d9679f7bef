import type { HistorySteps, StepsQuery } from '@/lib/protocol/history';
import type { Work } from '@/lib/server/concurrency/turns';
import type { Blocks } from './blocks';
import type { MetricRow } from './history-store';

/** Metrics that are unpacked at once; only the asked steps of them are kept. */
const readMetricsMax = 32;

type StepsRange = Pick<StepsQuery, 'from' | 'to' | 'stepsMax'>;

/** The first steps from `from` on, as far as one block reaches; `null` when there are none before `to`. */
export function* stepsOf(
  blocks: Blocks,
  rows: readonly MetricRow[],
  { from, to, stepsMax }: StepsRange,
): Work<HistorySteps | null> {
  for (let at = from; at < to; ) {
    const block = blocks.finest(at);
    if (!block) return null;
    const { stepMs } = block.tier;
    const first = Math.ceil(Math.max(at, block.start) / stepMs) * stepMs;
    const end = Math.min(block.to, first + stepsMax * stepMs, Math.floor(to / stepMs) * stepMs);
    if (first < end) {
      const averages = yield* averagesOf(blocks, rows, block, first, end);
      return { stepMs, from: first, to: end, averages };
    }
    at = Math.max(block.to, at + 1);
  }
  return null;
}

function* averagesOf(
  blocks: Blocks,
  rows: readonly MetricRow[],
  { tier, start }: NonNullable<ReturnType<Blocks['finest']>>,
  from: number,
  to: number,
): Work<Map<string, Float64Array>> {
  const averages = new Map<string, Float64Array>();
  const offset = (from - start) / tier.stepMs;
  const count = Math.ceil((to - from) / tier.stepMs);
  for (let at = 0; at < rows.length; at += readMetricsMax) {
    yield;
    const group = rows.slice(at, at + readMetricsMax);
    const columns = blocks.read(tier, start, new Set(group.map(({ id }) => id)));
    for (const { id, name } of group) {
      const column = columns?.get(id);
      if (!column) continue;
      const values = Float64Array.from({ length: count }, (_, step) => {
        const samples = column.counts[offset + step] ?? 0;
        return samples === 0
          ? Number.NaN
          : Number(((column.sums[offset + step] ?? 0) / samples).toPrecision(12));
      });
      if (values.some((value) => !Number.isNaN(value))) averages.set(name, values);
    }
  }
  return averages;
}
