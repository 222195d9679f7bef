import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Boot, GapCause } from '@/lib/protocol/history';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import type { ClockMonitor } from './clock-monitor';
import { History } from './history';

const second = 1_000;
const hour = 3_600_000;
const start = 1_795_392_000_000;
const boot: Boot = { id: 'first', at: start - 100 * hour };

let dataDir = '';
let wall = start;
let log: EventLog;
let history: History;
let monitoredCause: GapCause = 'reading-failed';
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-gaps-'));
  folders.push(folder);
  return folder;
}

/** The cause that the clock monitor reports; its own test is `clock-monitor.test.ts`. */
const clockMonitor: ClockMonitor = { check() {}, cause: () => monitoredCause, stop() {} };

async function run(present: Boot = boot): Promise<void> {
  log = await openSqliteLog({ dataDir, waitForOwnerMs: 0, flushMs: 1 });
  history = new History({
    log,
    dataDir,
    boot: present,
    clock: clockWith({ wallMs: () => wall }),
    clockMonitor,
  });
}

async function stop(): Promise<void> {
  await history.close();
  await log.close();
}

/** Continues with the files that are on disk now, as after `kill -9`. */
async function crash(): Promise<void> {
  const copy = newFolder();
  cpSync(dataDir, copy, { recursive: true, filter: (name) => !/-shm$|hostbeat\.lock/.test(name) });
  await stop();
  dataDir = copy;
}

const sample = (t: number, host = 'atlas', type = 'cpu'): NewEvent => ({
  type,
  host,
  t,
  json: JSON.stringify(type === 'cpu' ? { t, host, load1: 1, cores: [] } : { t, host, sensors: [] }),
});

/** Samples each second for so long. */
async function sampled(seconds: number, host = 'atlas'): Promise<void> {
  const events = Array.from({ length: seconds }, (_, n) => sample(wall + n * second, host));
  wall += seconds * second;
  await log.append(events, 'durable');
  // Rolled up and not written, which happens every ten minutes.
  await new Promise((resolve) => setTimeout(resolve, 0));
  while (history.rolledUpSeq < log.headSeq) await new Promise((resolve) => setTimeout(resolve, 1));
}

const gaps = (from = start, to = wall, host = 'atlas') =>
  history
    .gaps(host, from, to)
    .map((gap) => [(gap.from - start) / second, (gap.to - start) / second, gap.cause]);

beforeEach(async () => {
  dataDir = newFolder();
  wall = start;
  monitoredCause = 'reading-failed';
  await run();
});

afterEach(async () => {
  await stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

test('starts after a stop, a crash and another boot: each gap is from sample to sample, with its cause', async () => {
  await sampled(60);
  await stop();
  wall += 30 * second;
  await run();
  await sampled(60);
  await crash();
  wall += 50 * second;
  await run();
  await sampled(60);
  await crash();
  wall += 600 * second;
  await run({ id: 'second', at: wall - 20 * second });
  await sampled(2);
  const expected = [
    [59, 90, 'server-stopped'],
    [149, 200, 'server-crashed'],
    [259, 860, 'host-off'],
  ];
  expect(gaps()).toEqual(expected);
  expect(gaps(start + 100 * second, start + 210 * second)).toEqual(expected.slice(1, 2));
  // A crash right after the first sample does not lose what is known of the one before.
  await crash();
  wall += 20 * second;
  await run({ id: 'second', at: wall });
  await sampled(5);
  expect(gaps()).toEqual([...expected, [861, 882, 'server-crashed']]);
});

test('repeated crashes before anything was written, with lost samples, have one gap each', async () => {
  await sampled(30);
  for (let round = 0; round < 4; round += 1) {
    await crash();
    wall += 10 * second;
    await run();
    await sampled(3);
  }
  expect(gaps()).toEqual([
    [29, 40, 'server-crashed'],
    [42, 53, 'server-crashed'],
    [55, 66, 'server-crashed'],
    [68, 79, 'server-crashed'],
  ]);
});

test('within a run the cause is that of the clock monitor, and survives a crash', async () => {
  await sampled(10);
  monitoredCause = 'host-asleep';
  wall += hour;
  await sampled(10);
  monitoredCause = 'clock-set';
  await crash();
  await run();
  await sampled(1);
  expect(gaps()).toEqual([[9, 3610, 'host-asleep']]);
});

test('a gap that is still open is returned as well, and ends with the next sample', async () => {
  await sampled(10);
  wall += 20 * second;
  expect(gaps()).toEqual([[9, 30, 'reading-failed']]);
  monitoredCause = 'server-stalled';
  await sampled(3);
  expect(gaps()).toEqual([[9, 30, 'server-stalled']]);
});

test('two late samples are no gap; a quick restart is one', async () => {
  await sampled(5);
  wall += 1.4 * second;
  await sampled(5);
  expect(gaps()).toEqual([]);
  await stop();
  wall += 1.4 * second;
  await run();
  await sampled(5);
  expect(gaps()).toEqual([[10.4, 12.8, 'server-stopped']]);
});

test('a clock that is set back and forth makes no gap where samples were', async () => {
  await sampled(100);
  monitoredCause = 'clock-set';
  wall -= 2 * hour;
  await sampled(10);
  wall += 2 * hour;
  await sampled(10);
  // Set forth by as much as it was set back: the next sample is ten seconds after the latest.
  expect(gaps(start - 3 * hour).slice(1)).toEqual([
    [-7_091, 0, 'clock-set'],
    [99, 110, 'clock-set'],
  ]);
  wall += 3 * hour;
  await sampled(10);
  expect(gaps(start).at(-1)).toEqual([119, 120 + 3 * 3600, 'clock-set']);
});

test('a clock that is set back and forth repeatedly doubles no gap', async () => {
  await sampled(20);
  monitoredCause = 'clock-set';
  for (const shift of [hour, 60 * second, -60 * second, -2 * hour, 2 * hour, -hour]) {
    wall += shift;
    await sampled(6);
    wall -= shift;
    await sampled(6);
  }
  const all = () => history.gaps('atlas', start - 3 * hour, wall + 3 * hour);
  const twice = () => all().filter(({ from }, index) => from < (all()[index - 1]?.to ?? from));
  expect(twice()).toEqual([]);
  expect(await wronglyNamed()).toEqual([]);
  await stop();
  await run();
  await sampled(30);
  expect(twice()).toEqual([]);
  expect(await wronglyNamed()).toEqual([]);
});

test('a clock that was a year ahead for a while hides no later gap', async () => {
  const year = 365 * 24 * hour;
  await sampled(10);
  monitoredCause = 'clock-set';
  wall += year;
  await sampled(10);
  wall -= year;
  await sampled(10);
  monitoredCause = 'server-stalled';
  wall += 60 * second;
  await sampled(10);
  expect(gaps(start, wall).at(-1)).toEqual([29, 90, 'server-stalled']);
});

/** Samples that lie in a gap. */
async function wronglyNamed(): Promise<number[]> {
  const times = (await log.read(0, 1e6)).filter(({ type }) => type === 'cpu').map(({ t }) => t);
  const named = history.gaps('atlas', Math.min(...times) - hour, Math.max(wall, ...times) + hour);
  return times.filter((t) => named.some(({ from, to }) => t > from && t < to));
}

test('after a clock was two hours ahead for a while, later samples are in no gap, over restarts as well', async () => {
  await sampled(30);
  monitoredCause = 'clock-set';
  wall += 2 * hour;
  await sampled(6);
  expect(gaps()).toEqual([[29, 2 * 3600 + 30, 'clock-set']]);
  wall -= 2 * hour;
  await sampled(1);
  // The six seconds have another time; the time ahead is no gap yet.
  expect(gaps(start, wall + 3 * hour)).toEqual([[29, 36, 'clock-set']]);
  await sampled(300);
  expect(await wronglyNamed()).toEqual([]);
  await crash();
  await run();
  await sampled(300);
  expect(await wronglyNamed()).toEqual([]);
  await stop();
  wall += hour;
  await run();
  await sampled(60);
  expect(gaps(start, wall).map(([from, to]) => [from, to])).toEqual([
    [29, 36],
    [636, 636 + 3600 + 1],
  ]);
  expect(await wronglyNamed()).toEqual([]);
  // The clock reaches the time that was measured already.
  await stop();
  wall += 2 * hour;
  await run();
  await sampled(60);
  expect(await wronglyNamed()).toEqual([]);
  expect(gaps(start, wall)).toContainEqual([7_236, (wall - start) / second - 60, 'server-stopped']);
});

test('after a first start with a clock two days ahead, history begins with the earliest sample', async () => {
  wall = start + 48 * hour;
  await sampled(6);
  wall = start;
  await sampled(600);
  expect(gaps(start, wall)).toEqual([]);
  await crash();
  await run();
  await sampled(60);
  expect(await wronglyNamed()).toEqual([]);
  expect(gaps(start - second, wall)[0]).toEqual([-1, 0, 'not-kept']);
});

test('a start corrects gaps that an older version stored over measured times', async () => {
  await sampled(600);
  wall += 10 * second;
  await sampled(600);
  await stop();
  const db = new Database(join(dataDir, 'history.db'));
  const wrong = db.prepare(
    "INSERT INTO outages (host, from_t, to_t, cause) VALUES ('atlas', ?, ?, 'clock-set')",
  );
  wrong.run(start + 100_000, start + 500_000);
  wrong.run(start - 60_000, start + 7_200_000);
  db.prepare("UPDATE seen SET first_t = ? WHERE host = 'atlas'").run(start + 48 * hour);
  db.close();
  await run();
  expect(await wronglyNamed()).toEqual([]);
  expect(gaps(start, wall)).toEqual([[600 - 1, 610, 'reading-failed']]);
  await stop();
  await run();
  expect(await wronglyNamed()).toEqual([]);
});

test('each host has its own gaps, and published samples close none', async () => {
  await sampled(10);
  await sampled(10, 'borealis');
  await log.append([sample(wall, 'atlas', 'sensor-data')], 'durable');
  wall += 10 * second;
  await sampled(10);
  expect(gaps()).toEqual([[9, 30, 'reading-failed']]);
  expect(gaps(start + 10 * second, wall, 'borealis')).toEqual([[19, 40, 'reading-failed']]);
});

test('the time before anything kept is a gap of its own cause', async () => {
  await sampled(10);
  expect(gaps(start - hour)).toEqual([[-3600, 0, 'not-kept']]);
  expect(gaps(start - hour, start - hour / 2)).toEqual([[-3600, -1800, 'not-kept']]);
  expect(gaps(start - hour, wall, 'nobody')).toEqual([[-3600, 10, 'not-kept']]);
});

test('after a lost history the causes of gaps come from the log', async () => {
  await sampled(10);
  await stop();
  wall += 60 * second;
  await run();
  await log.append(
    [{ type: 'system-alert', host: 'atlas', t: wall, json: JSON.stringify({ kind: 'shutdown' }) }],
    'durable',
  );
  await sampled(10);
  await crash();
  wall += 60 * second;
  log = await openSqliteLog({ dataDir, waitForOwnerMs: 0, flushMs: 1 });
  history = new History({
    log,
    dataDir: newFolder(),
    boot,
    clock: clockWith({ wallMs: () => wall }),
    clockMonitor,
  });
  await sampled(10);
  await history.settle();
  expect(gaps()).toEqual([
    [9, 70, 'server-stopped'],
    [79, 140, 'server-crashed'],
  ]);
});
