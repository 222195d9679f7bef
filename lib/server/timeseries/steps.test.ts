import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { Blocks } from './blocks';
import { HistoryStore } from './history-store';
import { tiers } from './retention-tiers';
import { stepsOf } from './steps';

const start = 1_795_392_000_000;
const second = 1_000;
const hour = 3_600 * second;
const rows = [1, 2].map((id) => ({ id, host: 'atlas', name: `metric${id}`, unit: '', publisher: '' }));

const dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-steps-'));
const store = HistoryStore.open(join(dataDir, 'history.db'));
afterEach(() => {
  store.close();
  rmSync(dataDir, { recursive: true });
});

test('each time comes in its finest kept steps, once, with gaps skipped', () => {
  const blocks = new Blocks({ store: () => store });
  const samples: (readonly [t: number, value: number])[] = [];
  const gapFrom = start + 40 * hour + 7 * second;
  const gapTo = start + 51 * hour + 3 * second;
  const end = start + 75 * hour + 20 * second;
  const metrics = rows.map(({ id, name }) => ({ id, host: 'atlas', name, unit: '', publisher: '' }));
  for (let t = start; t < end; t += 20 * second) {
    if ((t / second) % 600 === 20) {
      const changes = blocks.changes(t - 15 * second, t - 15 * second);
      const position = { logId: 'a', seq: 1 };
      store.commit({ position, metrics, blocks: changes, seen: [], gaps: [], gone: [] });
      blocks.settled(changes);
    }
    if (t >= gapFrom && t < gapTo) continue;
    blocks.add(1, t, t % 7_000);
    samples.push([t, t % 7_000]);
  }

  const used = new Map<number, number>();
  let compared = 0;
  let at = start;
  for (let turns = 0; ; turns += 1) {
    const steps = runToEnd(stepsOf(blocks, rows, { from: at, to: end - 20 * second, stepsMax: 100 }));
    if (!steps) break;
    expect(steps.from).toBeGreaterThanOrEqual(at);
    expect(steps.to).toBeGreaterThan(steps.from);
    expect((steps.to - steps.from) / steps.stepMs).toBeLessThanOrEqual(100);
    expect(
      samples.filter(([t]) => t >= at && t < steps.from),
      `before ${steps.from - start}`,
    ).toEqual([]);
    const values = steps.averages.get('metric1') ?? [];
    expect(steps.averages.has('metric2')).toBe(false);
    for (const [index, value] of values.entries()) {
      const from = steps.from + index * steps.stepMs;
      const inside = samples.filter(([t]) => t >= from && t < from + steps.stepMs).map(([, one]) => one);
      compared += inside.length;
      if (inside.length === 0) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(inside.reduce((sum, one) => sum + one, 0) / inside.length, 6);
    }
    if (steps.averages.size > 0)
      used.set(steps.stepMs, Math.min(used.get(steps.stepMs) ?? steps.from, steps.from));
    at = steps.to;
    expect(turns).toBeLessThan(2_000);
  }
  expect(compared).toBe(samples.filter(([t]) => t < at).length);
  expect(end - 20 * second - at).toBeLessThan(second);
  expect([...used.keys()].sort((one, other) => one - other)).toEqual([1, 10, 60].map((s) => s * second));
  for (const { stepMs, keptMs, blockMs } of tiers.slice(0, 2)) {
    const first = used.get(stepMs) ?? 0;
    expect(end - first).toBeGreaterThan(keptMs - blockMs);
    expect(end - first).toBeLessThan(keptMs + 3 * blockMs);
  }
  expect(
    runToEnd(stepsOf(blocks, rows, { from: end + 40 * 24 * hour, to: end + 50 * 24 * hour, stepsMax: 100 })),
  ).toBeNull();
});
