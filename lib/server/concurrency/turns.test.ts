import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openTurns } from './turns';

/** Turns of an event loop that goes round when it is told to, and a clock that work moves on. */
function rig(budgetMs = 5) {
  let clock = 0;
  let scheduled: (() => void)[] = [];
  const turns = openTurns({
    budgetMs,
    clock: clockWith({ monotonicMs: () => clock }),
    schedule: (run) => scheduled.push(run),
  });
  return {
    turns,
    spend: (ms: number) => {
      clock += ms;
    },
    isScheduled: () => scheduled.length > 0,
    turn() {
      const due = scheduled;
      scheduled = [];
      for (const run of due) run();
    },
  };
}

test('a turn has so much time, and the next one has it anew', () => {
  const { turns, spend, turn } = rig();
  expect(turns.hasTime()).toBe(true);
  spend(4);
  expect(turns.hasTime()).toBe(true);
  spend(1);
  expect(turns.hasTime()).toBe(false);
  turn();
  expect(turns.hasTime()).toBe(true);
});

test('time that passed before the first call is not counted', () => {
  const { turns, spend } = rig();
  spend(1_000);
  expect(turns.hasTime()).toBe(true);
});

test('what waits has its turn in order, as much of it as fits, and at least one', () => {
  const { turns, spend, turn } = rig();
  const done: number[] = [];
  for (let index = 0; index < 7; index += 1) {
    turns.later(() => {
      done.push(index);
      spend(2);
    });
  }
  turn();
  expect(done).toEqual([0, 1, 2]);
  turn();
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
  turns.later(() => spend(100));
  turns.later(() => done.push(7));
  turn();
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6]);
  turn();
  expect([done.at(-1), turns.waiting]).toEqual([7, 0]);
});

test('a call from within a turn waits behind the others', () => {
  const { turns, turn } = rig(1);
  const done: string[] = [];
  const again = (name: string, times: number) => {
    turns.later(() => {
      done.push(name);
      if (times > 1) again(name, times - 1);
    });
  };
  again('a', 2);
  again('b', 2);
  turn();
  turn();
  expect(done).toEqual(['a', 'b', 'a', 'b']);
});

test('work that is not synchronous has a turn for itself', async () => {
  const { turns, spend, turn } = rig();
  const done: number[] = [];
  const all = [1, 2, 3].map(async (name) => {
    await turns.next();
    done.push(name);
    spend(3);
  });
  const after: number[][] = [];
  while (turns.waiting > 0) {
    turn();
    await Promise.resolve();
    await Promise.resolve();
    after.push([...done]);
  }
  await Promise.all(all);
  expect(after).toEqual([[1], [1, 2], [1, 2, 3]]);
});

test('nothing is scheduled when nothing waits', () => {
  const { turns, turn, isScheduled } = rig();
  expect(isScheduled()).toBe(false);
  turns.hasTime();
  turn();
  expect(isScheduled()).toBe(false);
});

test('a turn that something more urgent takes has no time, and what waits comes after it', () => {
  let isTaken = true;
  const scheduled: (() => void)[] = [];
  const turns = openTurns({
    clock: clockWith({ monotonicMs: () => 0 }),
    schedule: (run) => scheduled.push(run),
    isBusy: () => isTaken,
  });
  expect([turns.hasTime(), scheduled.length]).toEqual([false, 0]);
  const done: string[] = [];
  turns.later(() => done.push('later'));
  isTaken = false;
  for (const run of scheduled.splice(0)) run();
  expect([done, turns.hasTime()]).toEqual([['later'], true]);
});
