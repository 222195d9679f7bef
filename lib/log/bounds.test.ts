import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventLog, NewEvent } from '@/lib/events/event-log';
import { openSqliteLog, type SqliteLogOptions } from './sqlite-log';

let dataDir = '';
const open: EventLog[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-bounds-'));
});

afterEach(async () => {
  for (const log of open.splice(0)) await log.close();
  rmSync(dataDir, { recursive: true });
});

async function openLog(options: Partial<SqliteLogOptions> = {}): Promise<EventLog> {
  const log = await openSqliteLog({ dataDir, waitForOwnerMs: 0, ...options });
  open.push(log);
  return log;
}

/** Text that does not deflate to nothing. */
const noise = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');

const event = (type: string, t: number, length = 0): NewEvent => ({
  type,
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', text: noise(length) }),
});

const mebibyte = 1024 * 1024;

test('a flood of events that last: the oldest go, the newest stay, and the file keeps its bound', async () => {
  const maxBytes = 4 * mebibyte;
  const log = await openLog({ maxBytes });
  for (let round = 0; round < 60; round += 1) {
    const events = Array.from({ length: 40 }, (_, index) => event('message', round * 40 + index, 10_000));
    await log.append(events, 'durable');
  }
  expect(log.diskUse().bytes).toBeLessThan(maxBytes * 1.5);
  expect(statSync(join(dataDir, 'log.db')).size).toBeLessThan(maxBytes * 1.5);
  expect(log.problem).toBeNull();
  // What memory has besides is gone with the process.
  await open.pop()?.close();
  const again = await openLog({ maxBytes });
  const kept = await again.readLasting(0, again.headSeq, 1e6);
  expect(kept.slice(-3).map(({ t }) => t)).toEqual([2397, 2398, 2399]);
  expect(kept[0]?.t).toBeGreaterThan(1000);
});

test('a flood of samples: those go, and what lasts stays', async () => {
  const maxBytes = 4 * mebibyte;
  const log = await openLog({ maxBytes });
  await log.append([event('message', 1)], 'durable');
  for (let round = 0; round < 60; round += 1) {
    const events = Array.from({ length: 40 }, (_, index) => event('sensor-data', round * 40 + index, 10_000));
    await log.append(events, 'durable');
  }
  expect(log.diskUse().bytes).toBeLessThan(maxBytes * 1.5);
  expect((await log.readLasting(0, log.headSeq, 10)).map(({ t }) => t)).toEqual([1]);
  expect(log.tailSeq).toBeGreaterThan(400);
});

test('a bound that was lowered: the next start makes the file small', async () => {
  const log = await openLog();
  for (let round = 0; round < 30; round += 1) {
    await log.append(
      Array.from({ length: 40 }, (_, index) => event('message', round * 40 + index, 10_000)),
      'durable',
    );
  }
  await open.pop()?.close();
  expect(statSync(join(dataDir, 'log.db')).size).toBeGreaterThan(11 * mebibyte);
  const maxBytes = 4 * mebibyte;
  const again = await openLog({ maxBytes });
  expect(again.diskUse().bytes).toBeLessThan(maxBytes * 1.1);
  expect(again.problem).toBeNull();
  await open.pop()?.close();
  expect(statSync(join(dataDir, 'log.db')).size).toBeLessThan(maxBytes * 1.1);
});

test('a message that tells of the past does not move the place a span of time back', async () => {
  const log = await openLog();
  await log.append([1000, 2000, 3000, 4000].map((t) => event('cpu', t)));
  await log.append([event('message', 5)], 'durable');
  expect(log.seqBefore(2500)).toBe(2);
});
