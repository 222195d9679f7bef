import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NewEvent } from '@/lib/events/event-log';
import { openWindow } from './window';

const event = (t: number, json = `{"t":${t}}`): NewEvent => ({ type: 'cpu', host: 'atlas', t, json });

function windowAt(now: () => number, bounds = { maxAgeMs: 1000, maxBytes: 1_000_000 }) {
  return openWindow({ id: 'testlog', ...bounds, now });
}

test('gives rising seqs and reads after a cursor', async () => {
  const log = windowAt(() => 100);
  expect(log.headSeq).toBe(0);
  expect(log.tailSeq).toBe(1);
  const first = await log.append([event(90), event(95)]);
  await log.append([event(100)]);
  expect(first.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await log.read(0, 10)).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  expect(await log.read(1, 1)).toMatchObject([{ seq: 2 }]);
  expect(await log.read(3, 10)).toEqual([]);
});

test('drops what is older than its age', async () => {
  let now = 0;
  const log = windowAt(() => now);
  await log.append([event(0)]);
  now = 1000;
  await log.append([event(1000)]);
  expect(log.tailSeq).toBe(1);
  now = 1001;
  await log.append([event(1001)]);
  expect(log.tailSeq).toBe(2);
  expect(await log.read(0, 10)).toMatchObject([{ seq: 2 }, { seq: 3 }]);
});

test('drops the oldest past its bytes, and keeps counting', async () => {
  const log = windowAt(() => 0, { maxAgeMs: 1e9, maxBytes: 25 });
  for (let seq = 1; seq <= 5; seq += 1) await log.append([event(0, '0123456789')]);
  expect(log.headSeq).toBe(5);
  expect(log.tailSeq).toBe(4);
});

test('a single event larger than the window leaves it empty, and the next one has the next seq', async () => {
  const log = windowAt(() => 0, { maxAgeMs: 1e9, maxBytes: 5 });
  await log.append([event(0, '0123456789')]);
  expect(log.tailSeq).toBe(2);
  expect(await log.read(0, 10)).toEqual([]);
  expect(await log.append([event(0, '01')])).toMatchObject([{ seq: 2 }]);
});

test('finds the place a span of time back', async () => {
  const log = windowAt(() => 1000);
  expect(log.seqBefore(0)).toBe(0);
  await log.append([100, 200, 300, 400].map((t) => event(t)));
  expect(log.seqBefore(250)).toBe(2);
  expect(log.seqBefore(300)).toBe(2);
  expect(log.seqBefore(0)).toBe(0);
  expect(log.seqBefore(401)).toBe(4);
});

test('tells listeners after the events can be read, until they stop', async () => {
  const log = windowAt(() => 0);
  const seen: number[] = [];
  const stop = log.onAppend(() => seen.push(log.headSeq));
  await log.append([event(0), event(0)]);
  stop();
  await log.append([event(0)]);
  expect(seen).toEqual([2]);
});

test('whatever is appended and whenever it expires, reading is the suffix of all that was appended', async () => {
  const step = fc.record({ wait: fc.nat(600), count: fc.integer({ min: 1, max: 40 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.nat(), async (steps, from) => {
      let now = 0;
      const log = windowAt(() => now, { maxAgeMs: 1000, maxBytes: 2_000 });
      const all: number[] = [];
      for (const { wait, count } of steps) {
        now += wait;
        const logged = await log.append(Array.from({ length: count }, () => event(now)));
        all.push(...logged.map(({ seq }) => seq));
      }
      const after = from % (all.length + 1);
      const read = (await log.read(after, all.length)).map(({ seq }) => seq);
      expect(read).toEqual(all.filter((seq) => seq > after && seq >= log.tailSeq));
    }),
  );
});
