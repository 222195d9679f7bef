import { expect } from 'vitest';
import { Blocks } from '@/lib/server/timeseries/blocks';
import { HistoryStore } from '@/lib/server/timeseries/history-store';
import { blockStart, type Tier, tiers } from '@/lib/server/timeseries/retention-tiers';

export type Sample = readonly [t: number, value: number];

interface Rollup {
  count: number;
  min: number;
  max: number;
  sum: number;
}

/** Rollups by the plainest code, which shares nothing with the code that it checks. */
function rollupsOf(samples: readonly Sample[], stepMs: number): Map<number, Rollup> {
  const rollups = new Map<number, Rollup>();
  for (const [t, value] of samples) {
    const start = t - (((t % stepMs) + stepMs) % stepMs);
    const rollup = rollups.get(start);
    if (!rollup) rollups.set(start, { count: 1, min: value, max: value, sum: value });
    else {
      rollup.count += 1;
      if (value < rollup.min) rollup.min = value;
      if (value > rollup.max) rollup.max = value;
      rollup.sum += value;
    }
  }
  return rollups;
}

/** The rollups of a metric that a tier of a history has from `from` to `now`. */
function keptRollups(blocks: Blocks, tier: Tier, id: number, from: number, now: number): Map<number, Rollup> {
  const kept = new Map<number, Rollup>();
  for (let start = from; start <= now; start += tier.blockMs) {
    const column = blocks.read(tier, start, new Set([id]))?.get(id);
    for (const [step, count] of (column?.counts ?? []).entries()) {
      if (!column || count === 0) continue;
      kept.set(start + step * tier.stepMs, {
        count,
        min: column.mins[step] ?? Number.NaN,
        max: column.maxs[step] ?? Number.NaN,
        sum: column.sums[step] ?? Number.NaN,
      });
    }
  }
  return kept;
}

/** All but the sum, in the order of time. */
function exactParts(rollups: Map<number, Rollup>): number[][] {
  return [...rollups]
    .sort(([one], [other]) => one - other)
    .map(([t, { count, min, max }]) => [t, count, min, max]);
}

function expectSame(
  kept: Map<number, Rollup>,
  plain: Map<number, Rollup>,
  name: string,
  stepMs: number,
): void {
  expect(exactParts(kept), `${name}, steps of ${stepMs} ms`).toEqual(exactParts(plain));
  for (const [t, { sum, count, min, max }] of plain) {
    const off = Math.abs((kept.get(t)?.sum ?? Number.NaN) - sum);
    const scale = Math.max(Math.abs(min), Math.abs(max), 1) * count;
    expect(off / scale, `${name} at ${t}, steps of ${stepMs} ms`).toBeLessThan(1e-12);
  }
}

/**
 * Expects every step of every tier of a closed history to agree with its samples: count, minimum and maximum exactly, the
 * sum except for the order of adding floats. Each tier is checked as far back as it is kept at `now`. Returns how many
 * steps were compared.
 */
export function expectEveryRollup(
  path: string,
  metrics: ReadonlyMap<string, readonly Sample[]>,
  now: number,
): number {
  const store = HistoryStore.open(path);
  let compared = 0;
  try {
    const blocks = new Blocks({ store: () => store });
    const rows = store.metrics().filter(({ name }) => metrics.has(name));
    expect(rows.map(({ name }) => name).sort()).toEqual([...metrics.keys()].sort());
    for (const tier of tiers) {
      const from = blockStart(tier, now - tier.keptMs) + tier.blockMs;
      for (const { id, name } of rows) {
        const samples = (metrics.get(name) ?? []).filter(([t]) => t >= from);
        const plain = rollupsOf(samples, tier.stepMs);
        const kept = keptRollups(blocks, tier, id, from, now);
        expectSame(kept, plain, name, tier.stepMs);
        compared += plain.size;
      }
    }
  } finally {
    store.close();
  }
  return compared;
}
