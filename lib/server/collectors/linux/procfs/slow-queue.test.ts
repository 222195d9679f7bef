import { expect, it } from 'vitest';
import { openSlowQueue } from './slow-queue';
import { openPoolSlots, poolThreads } from './thread-pool';

/** Tasks that end when the test says so. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  return { begun, task, end: (name: string) => ends.get(name)?.() };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('runs two at once, in their order, and is idle when all are through', async () => {
  const { begun, task, end } = tasks();
  const queue = openSlowQueue(2, openPoolSlots(12));
  for (const name of ['a', 'b', 'c']) expect(queue.add(task(name))).toBe(true);
  let isIdle = false;
  const idle = queue.idle().then(() => {
    isIdle = true;
  });
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await settled();
  expect(begun).toEqual(['a', 'b', 'c']);
  end('a');
  await settled();
  expect(isIdle).toBe(false);
  end('c');
  await idle;
});

it('takes no more tasks than it will ever come to', () => {
  const { task } = tasks();
  const queue = openSlowQueue(2, openPoolSlots(12));
  const taken = Array.from({ length: 2_000 }, (_, index) => queue.add(task(String(index))));
  expect(taken.filter(Boolean)).toHaveLength(1_024 + 2);
});

it('holds, with all others of its kind, no more threads than a small pool can spare', async () => {
  const { begun, task, end } = tasks();
  const slots = openPoolSlots(4);
  const [sensors, processes] = [openSlowQueue(2, slots), openSlowQueue(2, slots)];
  for (const name of ['s1', 's2']) sensors.add(task(name));
  for (const name of ['p1', 'p2']) processes.add(task(name));
  await settled();
  expect(begun).toEqual(['s1']);
  for (const name of ['s1', 's2', 'p1', 'p2']) {
    end(name);
    await settled();
  }
  expect([...begun].sort()).toEqual(['p1', 'p2', 's1', 's2']);
  await Promise.all([sensors.idle(), processes.idle()]);
  expect(slots.tryTake()).toBe(true);
});

it.each([
  ['', 4],
  ['12', 12],
  ['99999', 4],
  ['none', 4],
  ['0', 4],
  ['2000', 1024],
])('a pool of %j is one of %d threads', (size, threads) => {
  expect(poolThreads(size)).toBe(threads);
});
