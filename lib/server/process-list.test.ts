import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import type { NewEvent } from './event-log/event-log';
import { ProcessList } from './process-list';

const processOf = (pid: number, cpuPercent: number | null) => ({ pid, name: `p${pid}`, cpuPercent });

/** A collector without CPU in its first result, as with the kernel's counters. */
function collector(type: 'processes' | 'cpu' = 'processes') {
  let collections = 0;
  return {
    type,
    get collections() {
      return collections;
    },
    async collect() {
      collections += 1;
      return { count: 1, thcollections: 1, top: [processOf(collections, collections === 1 ? null : 50)] };
    },
  };
}

function sampled(t: number, cpuPercent: number | null): ReadonlyMap<string, NewEvent> {
  const json = JSON.stringify({
    t,
    host: 'atlas',
    count: 1,
    thcollections: 1,
    top: [processOf(99, cpuPercent)],
  });
  return new Map([['processes', { type: 'processes', host: 'atlas', t, json }]]);
}

test('a fresh sample is used', async () => {
  const processes = collector();
  const processList = new ProcessList({
    host: 'atlas',
    collectors: [processes],
    latest: sampled(Date.now(), 10),
  });
  expect(await processList.now('atlas')).toMatchObject([{ pid: 99 }]);
  expect(processes.collections).toBe(0);
});

test.each([
  ['old', sampled(Date.now() - 60_000, 10)],
  ['without CPU', sampled(Date.now(), null)],
  ['missing', new Map()],
])('without a usable sample (%s) processes are collected, twice if needed', async (_name, latest) => {
  const processes = collector();
  const processList = new ProcessList({ host: 'atlas', collectors: [processes], latest });
  expect(await processList.now('atlas')).toMatchObject([{ pid: 2, cpuPercent: 50 }]);
  expect(await processList.now('atlas')).toMatchObject([{ pid: 3, cpuPercent: 50 }]);
});

test('a collection long ago does not count as the first of two', async () => {
  const processes = collector();
  let nowMs = 0;
  const clock = clockWith({ monotonicMs: () => nowMs });
  const processList = new ProcessList({ host: 'atlas', collectors: [processes], latest: new Map(), clock });
  await processList.now('atlas');
  expect(processes.collections).toBe(2);
  nowMs += 60_000;
  await processList.now('atlas');
  expect(processes.collections).toBe(4);
});

test('other hosts and hosts without a collector have no processes', async () => {
  const latest = new Map();
  expect(await new ProcessList({ host: 'atlas', collectors: [collector()], latest }).now('boreas')).toEqual(
    [],
  );
  expect(
    await new ProcessList({ host: 'atlas', collectors: [collector('cpu')], latest }).now('atlas'),
  ).toEqual([]);
});

test('concurrent calls share one collection', async () => {
  const processes = collector();
  const { collectors } = new ProcessList({ host: 'atlas', collectors: [processes], latest: new Map() });
  const { signal } = new AbortController();
  const [one, other] = await Promise.all([collectors[0]?.collect(signal), collectors[0]?.collect(signal)]);
  expect(one).toBe(other);
  expect(processes.collections).toBe(1);
  await collectors[0]?.collect(signal);
  expect(processes.collections).toBe(2);
});
