import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { expectEveryRollup, type Sample } from '@/lib/testing/plain-history';
import { History } from './history';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** The start of a block of every tier but the coarsest. */
const start = 1_795_392_000_000;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-proof-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** mulberry32, so that a run can be repeated. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Number(process.env.HOSTBEAT_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const named = (what: string) => `${what} (HOSTBEAT_TEST_SEED=${seed})`;

/** A metric of each kind of number: percent, floats, bytes, a negative value and one that is often missing. */
function readingsAt(t: number, random: () => number): Record<string, number | null> {
  return {
    load1: Math.round(random() * 900) / 100,
    load5: random() / 3,
    load15: random() < 0.3 ? null : Math.round(Math.sin(t / hour) * 500) / 10,
    contextSwitchesPerSecond: Math.floor(random() * 2 ** 40),
  };
}

const eventOf = (t: number, values: Record<string, number | null>): NewEvent => ({
  type: 'cpu',
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', ...values, cores: [] }),
});

/** The raw events again, read by code of its own. */
function samplesIn(events: readonly NewEvent[]): Map<string, Sample[]> {
  const metrics = new Map<string, Sample[]>();
  for (const { json } of events) {
    const { t, host: _, cores: __, ...values } = JSON.parse(json) as Record<string, number>;
    for (const [field, value] of Object.entries(values)) {
      if (value === null || t === undefined) continue;
      const name = `cpu.${field}`;
      const samples = metrics.get(name) ?? [];
      samples.push([t, value]);
      metrics.set(name, samples);
    }
  }
  return metrics;
}

async function recorded(parts: readonly (readonly NewEvent[])[], restartEvery: number): Promise<number> {
  let wall = start;
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0 });
  const open = () => new History({ log, dataDir, clock: clockWith({ wallMs: () => wall }) });
  let history = open();
  for (const [index, events] of parts.entries()) {
    await log.append(events);
    wall = Math.max(wall, ...events.map(({ t }) => t));
    await history.settle();
    if (index % restartEvery !== restartEvery - 1) continue;
    await history.close();
    history = open();
  }
  await history.close();
  await log.close();
  return wall;
}

test(
  named('over sixteen days, every rollup of every tier agrees with plain rollups of the raw events'),
  async () => {
    const random = randomFrom(seed);
    const parts: NewEvent[][] = [];
    // Coarse at first, every second at the end: each tier has written blocks, and one that is not full.
    const stretches: readonly (readonly [ms: number, everyMs: number])[] = [
      [15 * day, 5 * minute],
      [20 * hour, 20 * second],
      [1.3 * hour, second],
    ];
    let t = start;
    for (const [ms, everyMs] of stretches) {
      const end = t + ms;
      while (t < end) {
        const until = Math.min(end, t + (everyMs === second ? 7 * minute : 5 * hour));
        const events: NewEvent[] = [];
        for (; t < until; t += everyMs) {
          // Some samples are missing, some come twice a step.
          if (random() < 0.03) continue;
          events.push(eventOf(t + Math.floor(random() * 400), readingsAt(t, random)));
          if (random() < 0.03) events.push(eventOf(t + 500, readingsAt(t, random)));
        }
        parts.push(events);
      }
    }
    const wall = await recorded(parts, 9);
    const compared = expectEveryRollup(join(dataDir, 'history.db'), samplesIn(parts.flat()), wall);
    expect(compared).toBeGreaterThan(30_000);
  },
);

test(
  named('with a clock that jumps back and forth by hours, each sample counts once, at its time'),
  async () => {
    const random = randomFrom(seed + 1);
    const parts: NewEvent[][] = [];
    let t = start + 12 * hour;
    for (let stretch = 0; stretch < 24; stretch += 1) {
      t += Math.round((random() * 10 - 4.7) * hour);
      const events: NewEvent[] = [];
      for (const end = t + 15 * minute; t < end; t += 5 * second)
        events.push(eventOf(t, readingsAt(t, random)));
      parts.push(events);
    }
    const wall = await recorded(parts, 5);
    expect(expectEveryRollup(join(dataDir, 'history.db'), samplesIn(parts.flat()), wall)).toBeGreaterThan(
      5_000,
    );
  },
);
