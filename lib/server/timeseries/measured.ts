import type { Blocks } from './blocks';

/** Unix ms, `to` is not part of it. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The times in `from` to `to` in which one of `metrics` was measured, in order: whole steps of the finest blocks. Stretches
 * less than `joinMs` apart are joined.
 */
export function measuredIn(
  blocks: Pick<Blocks, 'finest' | 'read'>,
  metrics: ReadonlySet<number>,
  { from, to }: TimeRange,
  joinMs: number,
): TimeRange[] {
  const stretches: { from: number; to: number }[] = [];
  for (let at = from; at < to && metrics.size > 0; ) {
    const block = blocks.finest(at);
    if (!block || block.start >= to) break;
    const { tier, start } = block;
    const columns = [...(blocks.read(tier, start, metrics)?.values() ?? [])];
    const end = Math.min(to, block.to);
    const first = Math.ceil(Math.max(at, start) / tier.stepMs) * tier.stepMs;
    for (let step = first; step + tier.stepMs <= end; step += tier.stepMs) {
      const index = (step - start) / tier.stepMs;
      // The first step has the sample that the gap begins with.
      if (step === from || !columns.some(({ counts }) => (counts[index] ?? 0) > 0)) continue;
      const last = stretches.at(-1);
      if (last && step - last.to < joinMs) last.to = step + tier.stepMs;
      else stretches.push({ from: step, to: step + tier.stepMs });
    }
    at = Math.max(block.to, at + 1);
  }
  return stretches;
}

/** The parts of a time without these stretches that are `leastMs` or longer. */
export function without<T extends TimeRange>(
  whole: T,
  stretches: readonly TimeRange[],
  leastMs: number,
): T[] {
  if (stretches.length === 0) return [whole];
  const pieces: T[] = [];
  let from = whole.from;
  for (const stretch of [...stretches, { from: whole.to, to: whole.to }]) {
    if (stretch.from - from >= leastMs) pieces.push({ ...whole, from, to: stretch.from });
    from = Math.max(from, stretch.to);
  }
  return pieces;
}

/** When one of `metrics` was measured first, to the step, before `before` (Unix ms); `null` when none was. */
export function firstMeasured(
  blocks: Pick<Blocks, 'finest' | 'read' | 'earliest'>,
  metrics: ReadonlySet<number>,
  before: number,
): number | null {
  for (let at = blocks.earliest(); at < before; ) {
    const block = blocks.finest(at);
    if (!block || block.start >= before) return null;
    const { tier, start } = block;
    const firsts = [...(blocks.read(tier, start, metrics)?.values() ?? [])]
      .map(({ counts }) => counts.findIndex((count) => count > 0))
      .filter((index) => index >= 0);
    if (firsts.length > 0) return start + Math.min(...firsts) * tier.stepMs;
    at = Math.max(block.to, at + 1);
  }
  return null;
}
