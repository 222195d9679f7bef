import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { History } from './history';
import { migrations } from './migrations';

const fixtures = join(import.meta.dirname, '../../testing/fixtures/history');
const second = 1_000;
const hour = 3_600_000;
/** Seven hours of `load1`, five seconds apart: 0, 0.1 … 4.9, from 0 again at each hour; `load5` is the hour. */
const start = 1_795_392_000_000;

let dataDir = '';
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-migrations-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** A database that a Hostbeat with that schema has written. */
function place(version: number): string {
  const path = join(dataDir, 'history.db');
  writeFileSync(path, gunzipSync(readFileSync(join(fixtures, `history-v${version}.db.gz`))));
  return path;
}

async function opened(wall = start + 7 * hour + 60 * second) {
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0, newId: () => 'fixture1' });
  const history = new History({
    log,
    dataDir,
    intervalMs: 5 * second,
    clock: clockWith({ wallMs: () => wall }),
  });
  return {
    wall,
    history,
    log,
    async close() {
      await history.close();
      await log.close();
    },
  };
}

/** The database that this Hostbeat writes. */
async function written(): Promise<Buffer> {
  const { history, log, close } = await opened(start + 7 * hour);
  for (let hours = 0; hours < 7; hours += 1) {
    const events = Array.from({ length: hour / (5 * second) }, (_, n) => {
      const t = start + hours * hour + n * 5 * second;
      const json = JSON.stringify({ t, host: 'atlas', load1: (n % 50) / 10, load5: hours, cores: [] });
      return { type: 'cpu', host: 'atlas', t, json };
    });
    await log.append(events);
    await history.settle();
  }
  await close();
  const database = readFileSync(join(dataDir, 'history.db'));
  rmSync(dataDir, { recursive: true });
  mkdirSync(dataDir);
  return database;
}

/** Reads what is in it, and goes on with it. */
async function expectReadable(): Promise<void> {
  const { history, log, wall, close } = await opened();
  expect(history.problem).toBeNull();
  const series = (metric: string, points: number) =>
    history.query({ host: 'atlas', metrics: [metric], from: start, to: start + 7 * hour, points })[0];
  const minutes = series('cpu.load1', 500);
  expect(minutes?.stepMs).toBe(60_000);
  expect(minutes?.points).toHaveLength(420);
  for (const [index, [t, min, avg, max]] of (minutes?.points ?? []).entries()) {
    const values = Array.from({ length: 12 }, (_, n) => (((index % 60) * 12 + n) % 50) / 10);
    const mean = values.reduce((sum, value) => sum + value, 0) / 12;
    expect(t).toBe(start + index * 60_000);
    expect(min).toBeCloseTo(Math.min(...values), 9);
    expect(max).toBeCloseTo(Math.max(...values), 9);
    expect(avg).toBeCloseTo(mean, 4);
  }
  expect(series('cpu.load5', 10)?.points).toEqual(
    Array.from({ length: 7 }, (_, n) => [start + n * hour, n, n, n]),
  );
  // None of it is a gap, and since then nothing was measured.
  expect(history.gaps('atlas', start, start + 7 * hour - 5 * second)).toEqual([]);
  const json = JSON.stringify({ t: wall, host: 'atlas', load1: 9, cores: [] });
  await log.append([{ type: 'cpu', host: 'atlas', t: wall, json }]);
  await history.settle();
  expect(
    history.query({ host: 'atlas', metrics: ['cpu.load1'], from: wall, to: wall + 1, points: 1 })[0]?.points,
  ).toEqual([[wall, 9, 9, 9]]);
  await close();
  const again = await opened();
  expect(again.history.problem).toBeNull();
  await again.close();
}

/** With `HOSTBEAT_WRITE_FIXTURE=1`, run before a step is added, it is stored for the tests of the schemas to come. */
test('this schema has a database that can be read', async () => {
  const database = await written();
  if (process.env.HOSTBEAT_WRITE_FIXTURE === '1')
    writeFileSync(join(fixtures, `history-v${migrations.length}.db.gz`), gzipSync(database, { level: 9 }));
  writeFileSync(join(dataDir, 'history.db'), database);
  await expectReadable();
});

test('every schema before this one has a database that it wrote', () => {
  const names = readdirSync(fixtures).filter((name) => name.startsWith('history-v'));
  expect(names.sort()).toEqual(migrations.slice(1).map((_, index) => `history-v${index + 1}.db.gz`));
});

test('a released step never changes', () => {
  const digests = migrations.map((step) => createHash('sha256').update(step).digest('hex').slice(0, 12));
  expect(digests).toEqual(['b60f90cfb95b', '8d5a18b00437', 'd8707e3d3d12', 'abdd6641a9d7']);
});

test.each(migrations.slice(1).map((_, index) => index + 1))(
  'a database with schema %i can be read and continued',
  async (version) => {
    place(version);
    await expectReadable();
  },
);

test('a database of a newer Hostbeat is refused and left as it is', async () => {
  const path = place(1);
  const db = new Database(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  const before = readFileSync(path);
  const { history, log, wall, close } = await opened();
  expect(history.problem).toMatch(/history\.db: it has schema 99, and this Hostbeat knows \d+$/);
  // History continues in memory.
  const json = JSON.stringify({ t: wall, host: 'atlas', load1: 9, cores: [] });
  await log.append([{ type: 'cpu', host: 'atlas', t: wall, json }]);
  await history.settle();
  expect(history.metrics('atlas').map(({ name }) => name)).toEqual(['cpu.load1']);
  await close();
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(dataDir).filter((name) => name.includes('corrupt'))).toEqual([]);
});
