import { expect, it } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openSlowQueue } from '../procfs/slow-queue';
import { openPoolSlots } from '../procfs/thread-pool';
import { PacedFile } from './paced-file';

/** A file that takes as long as the test says, on a clock that only its reads and the test move. */
function pacedFile() {
  const clock = { ms: 0 };
  const file = { tookMs: 0.01, text: '45000\n', readsHere: 0, readsAside: 0 };
  const queue = openSlowQueue(2, openPoolSlots(12));
  const paced = new PacedFile({
    path: '/nowhere',
    queue,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    readNow() {
      file.readsHere += 1;
      clock.ms += file.tookMs;
      return file.text;
    },
    async readAside() {
      file.readsAside += 1;
      clock.ms += file.tookMs;
      return file.text;
    },
  });
  return {
    clock,
    file,
    paced,
    /** A second later: what is told at once, and then time for what is read aside. */
    async second() {
      clock.ms += 1000;
      const told = paced.latest()?.raw ?? null;
      await queue.idle();
      return told;
    },
  };
}

it('is first read aside, and on the main thread once it has proved prompt', async () => {
  const { file, second } = pacedFile();
  expect(await second()).toBeNull();
  expect(file).toMatchObject({ readsAside: 1, readsHere: 0 });
  expect(await second()).toBe(45_000);
  file.text = '46000\n';
  expect(await second()).toBe(46_000);
  expect(file).toMatchObject({ readsAside: 1, readsHere: 2 });
});

it('that takes half a second is never read on the main thread, and for a hundredth of the time', async () => {
  const { file, second } = pacedFile();
  file.tookMs = 500;
  for (let n = 0; n < 600; n += 1) expect((await second()) !== null || n === 0).toBe(true);
  expect(file.readsHere).toBe(0);
  expect(file.readsAside).toBeLessThan(15);
});

it('that takes some milliseconds is read aside each second', async () => {
  const { file, second } = pacedFile();
  file.tookMs = 3;
  for (let n = 0; n < 10; n += 1) await second();
  expect(file).toMatchObject({ readsAside: 10, readsHere: 0 });
});

it('that stalls the main thread once does so ever more rarely', async () => {
  const { file, second } = pacedFile();
  let stalls = 0;
  for (let n = 0; n < 1000; n += 1) {
    const before = file.readsHere;
    // Prompt whenever it is read aside, and slow as soon as it is trusted.
    file.tookMs = 0.01;
    const trusted = file.readsAside;
    await second();
    if (file.readsHere > before && file.readsAside === trusted) {
      file.tookMs = 100;
      stalls += 1;
      await second();
    }
  }
  expect(stalls).toBeLessThanOrEqual(4);
});

it('that is a little slow three times in a row is read aside', async () => {
  const { file, second } = pacedFile();
  await second();
  file.tookMs = 0.3;
  for (let n = 0; n < 10; n += 1) await second();
  expect(file.readsHere).toBe(3);
});

it('that hangs is null after a while, is not read a second time, and has a value again when it answers', async () => {
  const clock = { ms: 0 };
  const answers: ((text: string) => void)[] = [];
  const paced = new PacedFile({
    path: '/nowhere',
    queue: openSlowQueue(2, openPoolSlots(12)),
    clock: clockWith({ monotonicMs: () => clock.ms }),
    readNow: () => {
      throw new Error('not here');
    },
    readAside: () => new Promise((resolve) => answers.push(resolve)),
  });
  paced.latest();
  clock.ms += 2;
  answers[0]?.('1000\n');
  await new Promise(setImmediate);
  clock.ms += 1000;
  expect(paced.latest()?.raw).toBe(1000);
  for (let n = 0; n < 5; n += 1) {
    clock.ms += 1000;
    expect(paced.latest()?.raw).toBe(n < 4 ? 1000 : undefined);
  }
  expect(answers).toHaveLength(2);
  answers[1]?.('2000\n');
  await new Promise(setImmediate);
  expect(paced.latest()?.raw).toBe(2000);
});

it('of which two hang holds up no more than two threads', async () => {
  const queue = openSlowQueue(2, openPoolSlots(12));
  let started = 0;
  const release: (() => void)[] = [];
  for (let n = 0; n < 5; n += 1) {
    queue.add(() => {
      started += 1;
      return new Promise((resolve) => release.push(resolve));
    });
  }
  expect(started).toBe(2);
  release[0]?.();
  await new Promise(setImmediate);
  expect(started).toBe(3);
});
