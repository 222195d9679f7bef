import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { History } from './history';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
/** The end of a block of every tier but the coarsest. */
const present = 1_795_392_000_000;
const fields = ['totalPercent', 'load1'];
/** What a metric takes at most, by docs/decisions/0007-history-in-blocks.md. */
const metricBytes = 500_000;

let dataDir = '';
/** Between 0 and 1: the minimal standard generator, so that each run packs the same. */
let random = () => 0;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-history-bounds-'));
  let state = 7;
  random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Random percentages with two decimals: no metric of a host is harder to pack. */
function noiseAt(t: number): NewEvent {
  const values = Object.fromEntries(fields.map((field) => [field, Math.round(random() * 10_000) / 100]));
  return {
    type: 'cpu',
    host: 'atlas',
    t,
    json: JSON.stringify({ t, host: 'atlas', ...values, cores: [] }),
  };
}

/** A log and a history in simulated time. */
async function open(maxBytes?: number) {
  let wall = 0;
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0 });
  // Rare samples are no gaps: these would be stored and take room.
  const history = new History({
    log,
    dataDir,
    intervalMs: hour,
    clock: clockWith({ wallMs: () => wall, bootMs: () => wall }),
    ...(maxBytes ? { maxBytes } : {}),
  });
  return {
    history,
    /** Samples at these times, written as once a block is complete. */
    async take(times: readonly number[]): Promise<void> {
      await log.append(times.map(noiseAt));
      wall = times.at(-1) ?? wall;
      await history.settle();
      expect(history.problem).toBeNull();
    },
    async close(): Promise<void> {
      await history.close();
      await log.close();
    },
  };
}

const asked = { host: 'atlas', metrics: fields.map((field) => `cpu.${field}`) };

/** The share of measured steps of all metrics between two times before the present: 0 to 1. */
function measured(history: History, before: number, until: number, stepMs: number): number {
  const range = { from: present - before, to: present - until, points: (before - until) / stepMs };
  const points = history.query({ ...asked, ...range }).flatMap((series) => series.points);
  expect(points.length).toBeGreaterThanOrEqual(fields.length * range.points);
  return points.filter(([, min]) => min !== null).length / points.length;
}

const fileBytes = () => statSync(join(dataDir, 'history.db')).size;

test('a year of incompressible samples takes no more than stated, at any time', async () => {
  // As after a year: each tier is full, with more than one sample to each of its steps.
  const year: readonly (readonly [before: number, everyMs: number])[] = [
    [365 * day, hour],
    [120 * day, 10 * minute],
    [14 * day, minute],
    [2 * day, 10 * second],
    [2 * hour, second],
  ];
  const { history, take, close } = await open();
  let most = 0;
  for (const [index, [before, everyMs]] of year.entries()) {
    const end = present - (year[index + 1]?.[0] ?? 0);
    for (let t = present - before; t < end; ) {
      const times: number[] = [];
      for (; t < end && times.length < 500; t += everyMs) {
        times.push(t);
        if (everyMs > second) times.push(t + 4 * second);
      }
      await take(times);
      most = Math.max(most, history.size().bytes, fileBytes());
    }
  }
  expect(most).toBeLessThan(fields.length * metricBytes);
  // And it holds all of it.
  for (const [before, stepMs] of year) expect(measured(history, before, 0, stepMs), `${stepMs} ms`).toBe(1);
  await close();
  expect(fileBytes()).toBeLessThan(fields.length * metricBytes);
}, 900_000);

test('beyond a lower bound the oldest blocks of the finest tiers are deleted', async () => {
  // Without a bound it would be 180 kB.
  const maxBytes = 150_000;
  const { history, take, close } = await open(maxBytes);
  for (let t = present - 3 * day; t < present; ) {
    const times: number[] = [];
    for (const end = t + 10 * minute; t < end; t += 10 * second) times.push(t);
    await take(times);
    expect(history.size().bytes).toBeLessThan(maxBytes);
  }
  expect(measured(history, 12 * hour, 0, 10 * second)).toBe(1);
  expect(measured(history, 2 * day - hour, 40 * hour, 10 * second)).toBe(0);
  expect(measured(history, 3 * day, 0, minute)).toBe(1);
  await close();
  expect(fileBytes()).toBeLessThan(maxBytes);
}, 900_000);
