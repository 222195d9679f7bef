import { expect, test } from 'vitest';
import { timelineOf } from '@/lib/live/timeline';
import { blankOf, joined, rowsOf } from './history-rows';

const sample = {
  t: 5,
  host: 'box',
  cpu: { somePercent: 3 },
  interfaces: [
    { name: 'eth0.100', rxBytesPerSecond: 7 },
    { name: 'eth1', rxBytesPerSecond: 8 },
  ],
};
const at = (...ts: readonly number[]) => ts.map((t) => ({ t }));
const times = ({ rows }: { readonly rows: readonly { readonly t: number }[] }) => rows.map(({ t }) => t);

test('what was not measured is null, never what is measured now', () => {
  expect(blankOf(sample)).toEqual({
    t: null,
    host: 'box',
    cpu: { somePercent: null },
    interfaces: [
      { name: 'eth0.100', rxBytesPerSecond: null },
      { name: 'eth1', rxBytesPerSecond: null },
    ],
  });
});

test('means stand where samples have them, in the middle of their step; a hole is no row', () => {
  const rows = rowsOf(sample, [
    {
      metric: 'network.eth0.100.rxBytesPerSecond',
      stepMs: 10,
      points: [
        [0, 1, 2, 3],
        [10, null, null, null],
        [20, 4, 5, 6],
      ],
    },
    { metric: 'pressure.cpu.somePercent', stepMs: 10, points: [[20, 0, 1, 2]] },
  ]);
  expect(times({ rows })).toEqual([5, 25]);
  expect(rows[1]).toEqual({
    t: 25,
    host: 'box',
    cpu: { somePercent: 1 },
    interfaces: [
      { name: 'eth0.100', rxBytesPerSecond: 5 },
      { name: 'eth1', rxBytesPerSecond: null },
    ],
  });
  expect(rows[0]?.cpu.somePercent).toBeNull();
});

test('history ends where the live rows begin: no moment twice, none after the range', () => {
  const live = timelineOf(at(22, 23, 24, 31));
  expect(times(joined(at(5, 15, 25), live, { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15, 22, 23, 24]);
});

test('history fills the hole that an outage left between live rows', () => {
  const live = timelineOf(at(11, 14, 52));
  const timeline = joined(at(5, 15, 25, 45, 55), live, { stepMs: 10, from: 0, to: 60 });
  expect(times(timeline)).toEqual([5, 11, 14, 25, 45, 52]);
});

test('a stretch of the past has no live rows, and a page without any has history alone', () => {
  expect(times(joined(at(5, 15), timelineOf(at(90)), { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15]);
  expect(times(joined(at(5, 15), timelineOf(at()), { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15]);
});

test('what was torn live stays torn, and a joined timeline is read anew', () => {
  const [first, second] = at(22, 23);
  if (!first || !second) throw new Error('two rows');
  const live = timelineOf([first, second], () => true);
  const bounds = { stepMs: 10, from: 0, to: 30 };
  const timeline = joined(at(5), live, bounds);
  expect([timeline.isTorn(first), timeline.isTorn(second)]).toEqual([false, true]);
  expect(joined(at(5), live, bounds).revision - timeline.revision).toBeGreaterThan(100_000);
});
