import { expect, test, vi } from 'vitest';
import type { NewEvent } from './event-log/event-log';
import { openTopConsumers } from './top-consumers';

const processOf = (pid: number, cpuPercent: number | null) => ({ pid, name: `p${pid}`, cpuPercent });

/** A reading that knows no CPU at first, as the kernel's counters give it. */
function reading(type: 'processes' | 'cpu' = 'processes') {
  let reads = 0;
  return {
    type,
    get reads() {
      return reads;
    },
    async collect() {
      reads += 1;
      return { count: 1, threads: 1, top: [processOf(reads, reads === 1 ? null : 50)] };
    },
  };
}

function sampled(t: number, cpuPercent: number | null): ReadonlyMap<string, NewEvent> {
  const json = JSON.stringify({ t, host: 'atlas', count: 1, threads: 1, top: [processOf(99, cpuPercent)] });
  return new Map([['processes', { type: 'processes', host: 'atlas', t, json }]]);
}

test('a fresh sample is enough', async () => {
  const processes = reading();
  const topConsumers = openTopConsumers({
    host: 'atlas',
    collectors: [processes],
    latest: sampled(Date.now(), 10),
  });
  expect(await topConsumers.now('atlas')).toMatchObject([{ pid: 99 }]);
  expect(processes.reads).toBe(0);
});

test.each([
  ['old', sampled(Date.now() - 60_000, 10)],
  ['without CPU', sampled(Date.now(), null)],
  ['missing', new Map()],
])('where a sample is %s it looks for itself, twice if it must', async (_name, latest) => {
  const processes = reading();
  const topConsumers = openTopConsumers({ host: 'atlas', collectors: [processes], latest });
  expect(await topConsumers.now('atlas')).toMatchObject([{ pid: 2, cpuPercent: 50 }]);
  expect(await topConsumers.now('atlas')).toMatchObject([{ pid: 3, cpuPercent: 50 }]);
});

test('a look that was long ago is no beginning', async () => {
  const processes = reading();
  const topConsumers = openTopConsumers({ host: 'atlas', collectors: [processes], latest: new Map() });
  await topConsumers.now('atlas');
  expect(processes.reads).toBe(2);
  const later = performance.now() + 60_000;
  vi.spyOn(performance, 'now').mockReturnValue(later);
  await topConsumers.now('atlas');
  expect(processes.reads).toBe(4);
});

test('of other hosts, and where processes cannot be read, it knows none', async () => {
  const latest = new Map();
  expect(await openTopConsumers({ host: 'atlas', collectors: [reading()], latest }).now('boreas')).toEqual(
    [],
  );
  expect(
    await openTopConsumers({ host: 'atlas', collectors: [reading('cpu')], latest }).now('atlas'),
  ).toEqual([]);
});

test('two that ask at once share a look', async () => {
  const processes = reading();
  const { collectors } = openTopConsumers({ host: 'atlas', collectors: [processes], latest: new Map() });
  const { signal } = new AbortController();
  const [one, other] = await Promise.all([collectors[0]?.collect(signal), collectors[0]?.collect(signal)]);
  expect(one).toBe(other);
  expect(processes.reads).toBe(1);
  await collectors[0]?.collect(signal);
  expect(processes.reads).toBe(2);
});
