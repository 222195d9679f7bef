import { expect, test } from 'vitest';
import { clockWith, fakeClock } from './fake-clock';

test('time passes only when it is advanced, and evenly on every reading', () => {
  const clock = fakeClock(1_000_000);
  const read = () => [clock.wallMs(), clock.monotonicMs(), clock.bootMs()];
  const before = read();
  expect(before[0]).toBe(1_000_000);
  expect(read()).toEqual(before);
  clock.advance(1_500);
  expect(read()).toEqual(before.map((ms) => ms + 1_500));
});

test('a wall clock that is set moves no other reading', () => {
  const clock = fakeClock(1_000_000);
  const [monotonic, boot] = [clock.monotonicMs(), clock.bootMs()];
  clock.stepWall(-3_600_000);
  expect(clock.wallMs()).toBe(1_000_000 - 3_600_000);
  expect([clock.monotonicMs(), clock.bootMs()]).toEqual([monotonic, boot]);
});

test('a suspended machine advances its wall clock and its time since boot alone', () => {
  const clock = fakeClock(1_000_000);
  const [monotonic, boot] = [clock.monotonicMs(), clock.bootMs()];
  clock.suspend(60_000);
  expect(clock.wallMs()).toBe(1_060_000);
  expect([clock.monotonicMs(), clock.bootMs()]).toEqual([monotonic, boot + 60_000]);
});

test.each(['pass', 'advance'] as const)(
  '%s calls timers back in their order, each at its time, those that timers start included',
  async (how) => {
    const clock = fakeClock(0);
    const calls: (readonly [string, number])[] = [];
    const call = (name: string) => () => calls.push([name, clock.wallMs()]);
    clock.after(200, call('second'));
    clock.after(100, () => {
      call('first')();
      clock.after(50, call('started by the first'));
    });
    clock.after(5_000, call('not due'));
    clock.after(150, call('between'));
    clock.after(120, call('cancelled'))();
    await clock[how](149);
    expect(calls).toEqual([['first', 100]]);
    await clock[how](851);
    expect(calls).toEqual([
      ['first', 100],
      ['between', 150],
      ['started by the first', 150],
      ['second', 200],
    ]);
    expect(clock.wallMs()).toBe(1_000);
    expect([clock.pendingTimers, clock.nextInMs]).toEqual([1, 4_000]);
  },
);

test('after a stall, timers that came due meanwhile are called back late', async () => {
  const clock = fakeClock(0);
  const at: number[] = [];
  clock.after(100, () => at.push(clock.wallMs()));
  await clock.stall(10_000);
  expect(at).toEqual([10_000]);
  expect(clock.nextInMs).toBe(null);
});

test('a clock with a reading of the test’s own takes the others from the system', () => {
  const clock = clockWith({ wallMs: () => 5 });
  expect(clock.wallMs()).toBe(5);
  const [monotonic, boot] = [clock.monotonicMs(), clock.bootMs()];
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(monotonic);
  expect(clock.bootMs()).toBeGreaterThanOrEqual(boot);
});
