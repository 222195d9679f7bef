import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import type { LoggedEvent } from './event-log';
import { MemoryWindow, type WindowOptions } from './window';

const event = (seq: number, t = seq, type = 'cpu', json = `{"t":${t}}`): LoggedEvent => ({
  seq,
  type,
  host: 'atlas',
  t,
  json,
});

function newWindow(options: Partial<WindowOptions> = {}) {
  return new MemoryWindow({
    headSeq: 0,
    maxAgeMs: () => 1000,
    maxBytes: () => 1e6,
    isOnDisk: () => true,
    clock: clockWith({ monotonicMs: () => 0 }),
    ...options,
  });
}

const seqs = (events: readonly LoggedEvent[]) => events.map(({ seq }) => seq);

test('returns at most `limit` events after a position', () => {
  const window = newWindow();
  expect([window.headSeq, window.tailSeq]).toEqual([0, 1]);
  window.push([event(1), event(2)]);
  window.push([event(3)]);
  expect([window.headSeq, window.tailSeq]).toEqual([3, 1]);
  expect(seqs(window.read(0, 10))).toEqual([1, 2, 3]);
  expect(seqs(window.read(1, 1))).toEqual([2]);
  expect(window.read(3, 10)).toEqual([]);
});

test('continues after the head that it is opened with', () => {
  const window = newWindow({ headSeq: 70 });
  expect([window.headSeq, window.tailSeq]).toEqual([70, 71]);
  window.push([event(71)]);
  expect(seqs(window.read(12, 10))).toEqual([71]);
});

test('drops events by how long ago they were appended, whatever their own time', () => {
  let now = 0;
  const window = newWindow({ clock: clockWith({ monotonicMs: () => now }) });
  window.push([event(1, 9e12)]);
  now = 1000;
  window.push([event(2, 5)]);
  expect(window.tailSeq).toBe(1);
  now = 1001;
  window.push([event(3, 9e12)]);
  expect(window.tailSeq).toBe(2);
  expect(seqs(window.read(0, 10))).toEqual([2, 3]);
});

test('drops the oldest events beyond its bound in bytes; an event larger than the bound leaves it empty', () => {
  const window = newWindow({ maxBytes: () => 25 });
  for (let seq = 1; seq <= 5; seq += 1) window.push([event(seq, 0, 'cpu', '0123456789')]);
  expect([window.tailSeq, window.headSeq]).toEqual([4, 5]);
  window.push([event(6, 0, 'cpu', 'x'.repeat(30))]);
  expect([window.tailSeq, window.headSeq]).toEqual([7, 6]);
  window.push([event(7)]);
  expect(seqs(window.read(0, 10))).toEqual([7]);
});

test('durable events that are not on disk survive outside the window until they are', () => {
  let writtenTo = 1;
  const window = newWindow({ maxBytes: () => 10, isOnDisk: (seq) => seq <= writtenTo });
  for (const type of ['message', 'cpu', 'user-login', 'cpu', 'deploy', 'cpu']) {
    window.push([event(window.headSeq + 1, 0, type, '0123456789')]);
  }
  expect(seqs(window.read(0, 10))).toEqual([3, 5, 6]);
  expect(seqs(window.read(3, 1))).toEqual([5]);
  expect(window.tailSeq).toBe(6);
  writtenTo = 4;
  window.dropWritten();
  expect(seqs(window.read(0, 10))).toEqual([5, 6]);
});

test('finds the position before a time', () => {
  const window = newWindow();
  expect(window.seqBefore(5)).toBeNull();
  window.push([event(1, 10), event(2, 20), event(3, 20), event(4, 30)]);
  expect([5, 10, 11, 20, 30, 31].map((t) => window.seqBefore(t))).toEqual([null, null, 1, 1, 3, 4]);
});

test('returns the newest of all pushed events, without a gap, however they arrive and expire', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ wait: fc.nat(700), count: fc.integer({ min: 1, max: 40 }) }), { maxLength: 60 }),
      fc.nat(2000),
      (batches, after) => {
        let now = 0;
        const window = newWindow({ clock: clockWith({ monotonicMs: () => now }), maxBytes: () => 400 });
        const all: LoggedEvent[] = [];
        for (const { wait, count } of batches) {
          now += wait;
          const events = Array.from({ length: count }, (_, index) => event(all.length + index + 1));
          all.push(...events);
          window.push(events);
        }
        const kept = all.filter(({ seq }) => seq >= window.tailSeq);
        expect(window.read(after, 1e6)).toEqual(kept.filter(({ seq }) => seq > after));
      },
    ),
  );
});
