import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { History } from './history';
import { tiers } from './retention-tiers';

let dataDir = '';
let log: EventLog;
let wall = 0;
/** How far the wall clock is ahead of the time that has passed. */
let ahead = 0;
const opened: History[] = [];
const second = 1_000;
const hour = 3_600_000;
/** The start of a block of every tier but the coarsest. */
const start = 1_795_392_000_000;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-history-'));
  wall = start;
  ahead = 0;
  log = await openSqliteLog({ dataDir, waitForOwnerMs: 0 });
});

afterEach(async () => {
  for (const history of opened.splice(0)) await history.close();
  await log.close();
  rmSync(dataDir, { recursive: true });
});

function open(folder = dataDir): History {
  const history = new History({
    log,
    dataDir: folder,
    clock: clockWith({ wallMs: () => wall, bootMs: () => wall - ahead }),
  });
  opened.push(history);
  return history;
}

async function shut(history: History): Promise<void> {
  opened.splice(opened.indexOf(history), 1);
  await history.close();
}

const load = (t: number, load1: number | null, load5: number | null = null): NewEvent => ({
  type: 'cpu',
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', load1, load5, cores: [] }),
});

/** The rollups of `samples` by the plainest code. */
function expected(samples: readonly (readonly [number, number])[], from: number, to: number, stepMs: number) {
  const points = [];
  for (let t = Math.floor(from / stepMs) * stepMs; t < to; t += stepMs) {
    const inside = samples.filter(([at]) => at >= t && at < t + stepMs).map(([, value]) => value);
    if (inside.length === 0) points.push([t, null, null, null]);
    else {
      const sum = inside.reduce((total, value) => total + value, 0);
      points.push([t, Math.min(...inside), sum / inside.length, Math.max(...inside)]);
    }
  }
  return points;
}

function expectClose(
  actual: readonly (readonly (number | null)[])[],
  wanted: readonly (readonly (number | null)[])[],
) {
  expect(actual.map(([t, min, avg]) => [t, min === null, avg === null])).toEqual(
    wanted.map(([t, min, avg]) => [t, min === null, avg === null]),
  );
  for (const [index, point] of actual.entries()) {
    for (const field of [1, 2, 3]) {
      expect(Math.abs((point[field] ?? 0) - (wanted[index]?.[field] ?? 0))).toBeLessThan(0.001);
    }
  }
}

const ask = (history: History, from: number, to: number, points: number) =>
  history.query({ host: 'atlas', metrics: ['cpu.load1'], from, to, points })[0];

test('each second is a point, with nulls where nothing was measured', async () => {
  const history = open();
  await log.append([0, 1, 2, 5].map((n) => load(start + n * second + 250, n / 4)));
  wall = start + 6 * second;
  await history.settle();
  expect(ask(history, start, start + 6 * second, 100)).toEqual({
    metric: 'cpu.load1',
    unit: '',
    stepMs: 1000,
    points: [
      [start, 0, 0, 0],
      [start + 1000, 0.25, 0.25, 0.25],
      [start + 2000, 0.5, 0.5, 0.5],
      [start + 3000, null, null, null],
      [start + 4000, null, null, null],
      [start + 5000, 1.25, 1.25, 1.25],
    ],
  });
});

test('every tier agrees with plain rollups of the samples, before and after its blocks are written', async () => {
  const history = open();
  const samples: (readonly [number, number])[] = [];
  // Seven hours at 5 s, with a gap of half an hour.
  for (let t = start; t < start + 7 * hour; t += 5 * second) {
    if (t > start + 2 * hour && t < start + 2.5 * hour) continue;
    samples.push([t, Math.round((50 + 40 * Math.sin(t / 400_000) + ((t / 5000) % 7)) * 100) / 100]);
  }
  for (let from = 0; from < samples.length; from += 120) {
    const part = samples.slice(from, from + 120);
    await log.append(part.map(([t, value]) => load(t, value)));
    wall = part.at(-1)?.[0] ?? wall;
    await history.settle();
  }
  wall += 60 * second;
  await history.settle();
  const check = (with_: History) => {
    expectClose(
      ask(with_, wall - hour, wall, 5000)?.points ?? [],
      expected(samples, wall - hour, wall, 1000),
    );
    expectClose(ask(with_, start, wall, 4000)?.points ?? [], expected(samples, start, wall, 10_000));
    expectClose(ask(with_, start, wall, 500)?.points ?? [], expected(samples, start, wall, 60_000));
    expectClose(ask(with_, start, wall, 50)?.points ?? [], expected(samples, start, wall, 600_000));
    expectClose(ask(with_, start, wall, 10)?.points ?? [], expected(samples, start, wall, hour));
  };
  check(history);
  await shut(history);
  check(open());
});

test('over crashes at random times nothing is lost and nothing counted twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          samples: fc.integer({ min: 1, max: 400 }),
          what: fc.constantFrom('go on', 'crash', 'restart', 'settle'),
        }),
        { minLength: 2, maxLength: 12 },
      ),
      async (rounds) => {
        const folder = mkdtempSync(join(dataDir, 'run-'));
        let current = folder;
        let history = open(current);
        const samples: (readonly [number, number])[] = [];
        // The log is shared by all runs: each has hours of its own.
        wall = (Math.floor(wall / hour) + 1) * hour;
        const from = wall;
        for (const { samples: count, what } of rounds) {
          const events = Array.from({ length: count }, (_, n) => [wall + n * second, (n % 50) / 10] as const);
          samples.push(...events);
          wall += count * second;
          await log.append(events.map(([t, value]) => load(t, value)));
          if (what === 'settle') await history.settle();
          if (what === 'restart') {
            await shut(history);
            history = open(current);
          }
          if (what === 'crash') {
            // Only the files that are on disk now are left.
            const copy = mkdtempSync(join(dataDir, 'run-'));
            cpSync(current, copy, { recursive: true, filter: (name) => !name.endsWith('-shm') });
            await shut(history);
            current = copy;
            history = open(current);
          }
        }
        await history.settle();
        expectClose(
          ask(history, from, wall, 5000)?.points.filter(([, min]) => min !== null) ?? [],
          expected(samples, from, wall, 1000),
        );
        expectClose(
          ask(history, from, wall, 100)?.points ?? [],
          expected(samples, from, wall, ask(history, from, wall, 100)?.stepMs ?? 0),
        );
        await shut(history);
      },
    ),
    { numRuns: 15 },
  );
});

test('with a clock that jumps hours back and forth, each sample counts once, at its time', async () => {
  const history = open();
  const samples: (readonly [number, number])[] = [];
  let t = start;
  for (const jump of [0, 3 * hour, -2 * hour, 1.5 * hour, -30 * 60 * second]) {
    t += jump;
    const events = Array.from({ length: 300 }, (_, n) => [t + n * second, n / 100] as const);
    t += 300 * second;
    samples.push(...events);
    wall = Math.max(wall, t);
    await log.append(events.map(([at, value]) => load(at, value)));
    await history.settle();
  }
  wall = start + 4 * hour;
  await history.settle();
  const series = ask(history, start, wall, 300);
  expect(series?.stepMs).toBe(60_000);
  expectClose(series?.points ?? [], expected(samples, start, wall, 60_000));
});

test('steps expire with their tier, and stay in the next one', async () => {
  const history = open();
  await log.append([load(start + 500, 2), load(start + 1500, 4)]);
  wall = start + 60 * second;
  await history.settle();
  for (const [after, stepMs] of [
    [0, 1000],
    [3 * hour, 10_000],
    [3 * 24 * hour, 60_000],
    [15 * 24 * hour, 600_000],
    [130 * 24 * hour, hour],
    [4 * 365 * 24 * hour, 24 * hour],
  ] as const) {
    wall = start + 60 * second + after;
    await history.settle();
    const series = ask(history, start, start + 1, 5000);
    expect(series?.stepMs).toBe(stepMs);
    if (stepMs > 1000) expect(series?.points[0]).toEqual([start, 2, 3, 4]);
  }
  wall = start + 11 * 365 * 24 * hour;
  await history.settle();
  expect(ask(history, start, start + 1, 5000)?.points).toEqual([[start, null, null, null]]);
  expect(history.gaps('atlas', start, start + 1)).toEqual([
    { from: start, to: start + 1, cause: 'not-kept' },
  ]);
});

test('a clock that is a year ahead deletes nothing, over restarts as well; if it stays ahead, it does a day later', async () => {
  const year = 365 * 24 * hour;
  let history = open();
  const at = (t: number) => ask(history, t, t + 1, 5000)?.points;
  for (let t = start; t < start + 6 * hour; t += 60 * second) await log.append([load(t, 2)]);
  wall = start + 6 * hour;
  await history.settle();
  const kept = [[start + 5 * hour, 2, 2, 2]];
  expect(at(start + 5 * hour)).toEqual(kept);
  const bytes = history.size().bytes;
  ahead = year;
  wall += year;
  await log.append([load(wall, 3)]);
  for (let turn = 0; turn < 3; turn += 1) {
    wall += 600 * second;
    await history.settle();
  }
  await shut(history);
  history = open();
  await history.settle();
  wall -= year;
  ahead = 0;
  expect(at(start + 5 * hour)).toEqual(kept);
  expect(history.size().bytes).toBeGreaterThanOrEqual(bytes);
  ahead = year;
  wall += year;
  await history.settle();
  wall += 25 * hour;
  await history.settle();
  wall -= year;
  expect(at(start + 5 * hour)).toEqual([[start + 5 * hour, null, null, null]]);
});

test('a long query yields after a few metrics of each block, with the same result', async () => {
  const history = open();
  const cores = Array.from({ length: 24 }, (_, core) => core);
  for (let t = start; t < start + 3 * hour; t += 60 * second) {
    const payload = { t, host: 'atlas', cores };
    await log.append([{ type: 'cpu', host: 'atlas', t, json: JSON.stringify(payload) }]);
  }
  wall = start + 3 * hour;
  await history.settle();
  const metrics = cores.map((core) => `cpu.core${core}.percent`);
  const asked = { host: 'atlas', metrics, from: start, to: wall, points: 1_000 };
  const work = history.series(asked);
  let turns = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) turns += 1;
  expect(step.value).toEqual(history.query(asked));
  expect(step.value).toHaveLength(24);
  // Three blocks of an hour, and no more than eight metrics of one at a time.
  expect(turns).toBeGreaterThanOrEqual(3 * 3);
});

test('a flood of published names leaves room for the host’s own, after a restart too', async () => {
  let history = open();
  const flood = Array.from({ length: 40 }, (_, round): NewEvent => {
    const sensors = Array.from({ length: 100 }, (_, index) => ({
      id: `x${round}-${index}`,
      kind: 'custom',
      value: 1,
    }));
    return {
      type: 'sensor-data',
      host: 'atlas',
      t: start,
      json: JSON.stringify({ t: start, host: 'atlas', sensors }),
      publisher: '192.0.2.1',
    };
  });
  await log.append(flood);
  await log.append([load(start, 1)]);
  await history.settle();
  expect(history.names()).toMatchObject({ published: 500, publishedRefused: 2_000, ownRefused: 0 });
  expect(history.knows('atlas', 'cpu.load1')).toBe(true);
  await shut(history);
  history = open();
  await log.append([...flood.slice(-1), load(start + 1_000, 1, 2)]);
  await history.settle();
  expect(history.knows('atlas', 'cpu.load5')).toBe(true);
  expect(history.names()).toMatchObject({ published: 500, ownRefused: 0 });
});

test('metrics have their last value and unit; a missing value is null', async () => {
  const history = open();
  await log.append([load(start, 1, 0.5), load(start + 1000, null, 0.75)]);
  await history.settle();
  expect(history.metrics('atlas')).toEqual([
    { name: 'cpu.load1', unit: '', last: { t: start + 1000, value: null } },
    { name: 'cpu.load5', unit: '', last: { t: start + 1000, value: 0.75 } },
  ]);
  expect(history.metrics('other')).toEqual([]);
  expect(
    history.query({ host: 'atlas', metrics: ['cpu.nothing'], from: start, to: wall, points: 5 }),
  ).toEqual([]);
});

test('a corrupt database is set aside, and history begins anew from the log', async () => {
  await log.append([load(start, 1)]);
  writeFileSync(join(dataDir, 'history.db'), 'no database at all, '.repeat(300));
  const history = open();
  await history.settle();
  wall = start + 5 * second;
  expect(history.problem).toBeNull();
  expect(ask(history, start, start + 1000, 10)?.points).toEqual([[start, 1, 1, 1]]);
  expect(readdirSync(dataDir).some((name) => name.startsWith('history.db.corrupt-'))).toBe(true);
});

test('each tier is kept long enough to compose the next one', () => {
  for (const [index, tier] of tiers.slice(1).entries()) {
    const below = tiers[index];
    expect(below?.keptMs).toBeGreaterThanOrEqual(tier.blockMs);
    expect(tier.blockMs % (below?.blockMs ?? 0)).toBe(0);
    expect(tier.stepMs % (below?.stepMs ?? 0)).toBe(0);
  }
});
