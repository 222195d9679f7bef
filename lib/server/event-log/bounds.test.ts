import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import type { EventLog, NewEvent } from './event-log';
import { EventStore } from './event-store';
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

/** Text that cannot be compressed. */
const noise = (length: number) =>
  Array.from({ length }, () => String.fromCharCode(97 + Math.floor(Math.random() * 26))).join('');

const event = (type: string, t: number, length = 0): NewEvent => ({
  type,
  host: 'atlas',
  t,
  json: JSON.stringify({ t, host: 'atlas', text: noise(length) }),
});

const mebibyte = 1024 * 1024;

test('beyond the bound in bytes the oldest durable events are deleted', async () => {
  const maxBytes = 4 * mebibyte;
  const log = await openLog({ maxBytes });
  for (let round = 0; round < 60; round += 1) {
    const events = Array.from({ length: 40 }, (_, index) => event('message', round * 40 + index, 10_000));
    await log.append(events, 'durable');
  }
  expect(log.diskUse().bytes).toBeLessThan(maxBytes * 1.5);
  expect(statSync(join(dataDir, 'log.db')).size).toBeLessThan(maxBytes * 1.5);
  expect(log.problem).toBeNull();
  // Events that were in memory alone are gone with the process.
  await open.pop()?.close();
  const again = await openLog({ maxBytes });
  const kept = await again.readDurable(0, again.headSeq, 1e6);
  expect(kept.slice(-3).map(({ t }) => t)).toEqual([2397, 2398, 2399]);
  expect(kept[0]?.t).toBeGreaterThan(1000);
});

test('a flood of published events displaces neither Hostbeat’s own events nor those of another publisher', async () => {
  const maxBytes = 2 * mebibyte;
  const log = await openLog({ maxBytes });
  const own = ['user-login', 'system-alert', 'user-logout'].map((type, index) =>
    event(type, index + 1, 1_000),
  );
  await log.append(own, 'durable');
  const other = { ...event('message', 4, 1_000), publisher: '192.0.2.2' };
  await log.append([other], 'durable');
  const types = ['message', 'user-login', 'system-alert', 'deploy'];
  for (let round = 0; round < 40; round += 1) {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...event(types[index % types.length] ?? '', 10 + round * 40 + index, 5_000),
      publisher: '192.0.2.1',
    }));
    await log.append(events, 'durable');
  }
  await open.pop()?.close();
  const again = await openLog({ maxBytes });
  const kept = await again.readDurable(0, again.headSeq, 1e6);
  expect(kept.slice(0, 4).map(({ t }) => t)).toEqual([1, 2, 3, 4]);
  expect(kept.at(-1)?.t).toBe(10 + 40 * 40 - 1);
  expect(kept.length).toBeLessThan(1_000);
  expect(again.diskUse().bytes).toBeLessThan(maxBytes * 1.5);
});

test('beyond the bounds in numbers Hostbeat’s newest events are kept, and a fair share of each publisher’s', () => {
  const store = EventStore.open(join(dataDir, 'log.db'));
  let seq = 0;
  const lasting = (count: number, publisher?: string) =>
    Array.from({ length: count }, () => {
      seq += 1;
      return { ...event('message', seq), seq, ...(publisher === undefined ? {} : { publisher }) };
    });
  store.write([...lasting(10), ...lasting(50, 'a'), ...lasting(5, 'b'), ...lasting(30, 'c')], {
    synced: false,
  });
  store.deleteDurable({ durableBefore: 0, maxOwn: 8, maxPublished: 25, receiptsBefore: 0, maxReceipts: 9 });
  const kept = store.readDurable(0, seq, 1e6).map((one) => one.seq);
  const between = (from: number, to: number) => kept.filter((one) => one >= from && one <= to);
  expect(between(1, 10)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
  expect([between(11, 60), between(61, 65), between(66, 95)].map(({ length }) => length)).toEqual([
    10, 5, 10,
  ]);
  expect(kept.at(-1)).toBe(95);
  store.close();
});

test('a custom type is forgotten with its last event, and may be published again', async () => {
  const clock = { wall: Date.UTC(2026, 10, 28), elapsed: 0 };
  const options = {
    clock: clockWith({
      wallMs: () => clock.wall,
      monotonicMs: () => clock.elapsed,
      bootMs: () => clock.elapsed,
    }),
    flushMs: 1,
  };
  const log = await openLog(options);
  const custom = Array.from({ length: 200 }, (_, index) => ({
    ...event(`kind${index}`, clock.wall),
    publisher: '192.0.2.1',
  }));
  await log.append(custom, 'durable');
  expect([log.roomForTypes('192.0.2.1'), log.roomForTypes('192.0.2.2')]).toEqual([0, 200]);
  await open.pop()?.close();
  const again = await openLog(options);
  expect([again.roomForTypes('192.0.2.1'), again.customTypes.size]).toEqual([0, 200]);
  const days = 91 * 86_400_000;
  clock.wall += days;
  clock.elapsed += days;
  await again.append([event('cpu', clock.wall)]);
  await vi.waitFor(() => expect(again.customTypes.size).toBe(0), { timeout: 30_000 });
  expect(again.roomForTypes('192.0.2.1')).toBe(200);
});

test('a flood of samples displaces samples, not durable events', async () => {
  const maxBytes = 4 * mebibyte;
  const log = await openLog({ maxBytes });
  await log.append([event('message', 1)], 'durable');
  for (let round = 0; round < 60; round += 1) {
    const events = Array.from({ length: 40 }, (_, index) => event('sensor-data', round * 40 + index, 10_000));
    await log.append(events, 'durable');
  }
  expect(log.diskUse().bytes).toBeLessThan(maxBytes * 1.5);
  expect((await log.readDurable(0, log.headSeq, 10)).map(({ t }) => t)).toEqual([1]);
  expect(log.tailSeq).toBeGreaterThan(400);
});

test('a start with a lower bound makes the file smaller', async () => {
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

test('a message with a past time does not change the position before a time', async () => {
  const log = await openLog();
  await log.append([1000, 2000, 3000, 4000].map((t) => event('cpu', t)));
  await log.append([event('message', 5)], 'durable');
  expect(log.seqBefore(2500)).toBe(2);
});
