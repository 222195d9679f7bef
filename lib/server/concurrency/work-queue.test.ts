import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openTurns, type Pause } from './turns';
import { openWorkQueue, openWorkQueues, type WorkQueueOptions } from './work-queue';

/** A queue whose clock moves by one ms at each step of work, and whose turns are counted. */
function hand({ budgetMs = 5, ...options }: Partial<WorkQueueOptions> & { budgetMs?: number } = {}) {
  const clock = { ms: 0, turns: 0 };
  const turns = openTurns({
    budgetMs,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    schedule: (run) =>
      setImmediate(() => {
        clock.turns += 1;
        run();
      }),
  });
  return { clock, queue: openWorkQueue({ kind: 'history', turns, ...options }) };
}

const of = (address: string | null, signal = new AbortController().signal) => ({ address, signal });
const held = () => {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { until, release: () => release() };
};

test('work of all kinds together is done in turns of a bounded length', async () => {
  const clock = { ms: 0, spentMs: 0, longestMs: 0 };
  const turns = openTurns({
    budgetMs: 8,
    clock: clockWith({ monotonicMs: () => clock.ms }),
    schedule: (run) =>
      setImmediate(() => {
        clock.spentMs = 0;
        run();
      }),
  });
  const { history, search, csv } = openWorkQueues(turns);
  let done = 0;
  const work = async (pause: Pause) => {
    for (let step = 0; step < 100; step += 1) {
      clock.ms += 1;
      clock.spentMs += 1;
      clock.longestMs = Math.max(clock.longestMs, clock.spentMs);
      await pause();
    }
    done += 1;
  };
  await Promise.all([history, search, csv, history].map((queue) => queue.run(of('a'), work)));
  // Each of the three that are under way may have begun its last step while there was time.
  expect(done).toBe(4);
  expect(clock.longestMs).toBeLessThanOrEqual(8 + 2);
});

test('one that has the event loop for itself takes as many turns as its work is long', async () => {
  const { clock, queue } = hand({ budgetMs: 8 });
  let longest = 0;
  let begun = 0;
  let turns = 0;
  const worked = await queue.run(of('a'), async (pause) => {
    for (let step = 0; step < 100; step += 1) {
      clock.ms += 1;
      await pause();
      if (clock.turns > turns) begun = clock.ms;
      turns = clock.turns;
      longest = Math.max(longest, clock.ms - begun);
    }
    return 'done';
  });
  expect(worked).toEqual({ ok: true, value: 'done' });
  expect([longest, clock.turns]).toEqual([7, 12]);
});

test('one at a time; what is beyond the queue is refused with a time to come back', async () => {
  const { queue } = hand({ waitingMax: 3, waitingPerAddress: 2 });
  const { until, release } = held();
  let most = 0;
  const work = async () => {
    most = Math.max(most, queue.running);
    await until;
  };
  const asked = ['a', 'a', 'a', 'a', 'b', 'c'].map((address) => queue.run(of(address), work));
  expect([queue.running, queue.waiting]).toEqual([1, 3]);
  // The fourth of `a` for itself, and `c` since the queue is full.
  for (const index of [3, 5]) {
    expect(await asked[index]).toMatchObject({ ok: false, problem: { code: 'busy', retryAfterSeconds: 2 } });
  }
  release();
  expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual([true, true, true, false, true, false]);
  expect([most, queue.running, queue.waiting]).toEqual([1, 0, 0]);
});

test('addresses take turns: one with many requests does not hold up another', async () => {
  const { queue } = hand();
  const { until, release } = held();
  const order: string[] = [];
  const work = (address: string) => async () => {
    await until;
    order.push(address);
  };
  const asked = ['a', 'a', 'a', 'a', 'b', 'c', 'b'].map((address) => queue.run(of(address), work(address)));
  release();
  await Promise.all(asked);
  expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'a', 'a']);
});

test('a client that leaves ends its work and frees its place', async () => {
  const { clock, queue } = hand();
  const leaves = new AbortController();
  let steps = 0;
  const endless = queue.run(of('a', leaves.signal), async (pause: Pause) => {
    for (;;) {
      steps += 1;
      clock.ms += 1;
      if (steps === 50) leaves.abort();
      await pause();
    }
  });
  const waits = new AbortController();
  const waiting = queue.run(of('b', waits.signal), async () => expect.unreachable());
  waits.abort();
  expect(queue.waiting).toBe(0);
  expect((await endless).ok).toBe(false);
  expect((await waiting).ok).toBe(false);
  expect([steps, queue.running]).toEqual([50, 0]);
  const gone = new AbortController();
  gone.abort();
  expect((await queue.run(of('a', gone.signal), async () => expect.unreachable())).ok).toBe(false);
});

test('what fails is the caller’s to know, and the next one has its turn', async () => {
  const { queue } = hand();
  await expect(queue.run(of('a'), () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(await queue.run(of('a'), async () => 1)).toEqual({ ok: true, value: 1 });
});
