import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openRetentionClock } from './retention-clock';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;
const start = Date.UTC(2026, 10, 28);

/** Two clocks that a test moves, and stored times. */
function hand(stored: readonly number[] = [], wall = start) {
  let elapsed = 5 * minute;
  let ahead = 0;
  const begun = wall - elapsed;
  const clock = openRetentionClock(
    clockWith({ wallMs: () => begun + elapsed + ahead, bootMs: () => elapsed }),
  );
  clock.startFrom(stored);
  return {
    clock,
    right: () => begun + elapsed,
    set: (ms: number) => {
      ahead = ms;
    },
    /** Reads it every five minutes, as pruning does. */
    pass(ms: number): void {
      for (const until = elapsed + ms; elapsed < until; ) {
        elapsed = Math.min(until, elapsed + 5 * minute);
        clock.now();
      }
    },
  };
}

/** A time each ten minutes. */
const through = (from: number, to: number) =>
  Array.from(
    { length: Math.floor((to - from) / (10 * minute)) + 1 },
    (_, index) => from + index * 10 * minute,
  );

test('a clock that agrees with the data and advances evenly is trusted at once', () => {
  const { clock, right, pass } = hand(through(start - 3 * day, start - 20 * minute));
  expect(clock.now()).toBe(start);
  pass(3 * day);
  expect(clock.now()).toBe(right());
});

test.each([2 * hour, 30 * day, year, 10 * year])(
  'a clock that is %d ms ahead for a while makes nothing older',
  (ms) => {
    const { clock, right, set, pass } = hand(through(start - 3 * day, start));
    pass(hour);
    set(ms);
    for (let look = 0; look < 23; look += 1) {
      pass(hour);
      expect(clock.now()).toBe(right());
    }
    set(0);
    pass(hour);
    expect(clock.now()).toBe(right());
  },
);

test('a clock that stays ahead is trusted after a day without another jump', () => {
  const { clock, right, set, pass } = hand(through(start - 3 * day, start));
  set(year);
  clock.now();
  pass(day - 10 * minute);
  expect(clock.now()).toBe(right());
  set(year + 2 * hour);
  clock.now();
  pass(day - 10 * minute);
  expect(clock.now()).toBe(right());
  pass(10 * minute);
  expect(clock.now()).toBe(right() + year + 2 * hour);
});

test('small steps that add up are a jump', () => {
  const { clock, right, set, pass } = hand();
  for (let step = 1; step <= 24; step += 1) {
    set(step * 40 * minute);
    pass(5 * minute);
  }
  expect(clock.now()).toBeLessThanOrEqual(right() + hour);
});

test('a clock that is set back is trusted at once', () => {
  const { clock, right, set } = hand(through(start - 3 * day, start));
  set(-2 * year);
  expect(clock.now()).toBe(right() - 2 * year);
});

test('a start with a clock ahead deletes nothing for a day, however often it is started again', () => {
  const honest = through(start - 3 * day, start);
  const first = hand(honest, start + year);
  expect(first.clock.now()).toBe(start);
  first.pass(hour);
  expect(first.clock.now()).toBe(start + hour);
  // Some minutes of the wrong year are stored by then.
  const second = hand([...honest, ...through(start + year, start + year + 20 * minute)], start + year + hour);
  expect(second.clock.now()).toBe(start + 20 * minute);
});

test('a restart while the clock is some hours ahead does not make it trusted', () => {
  const stored = [...through(start - 3 * day, start), ...through(start + 5 * hour, start + 5.5 * hour)];
  expect(hand(stored, start + 5.5 * hour).clock.now()).toBe(start + 0.5 * hour);
});

test('a machine that was off for half a year prunes by its new time a day later', () => {
  const { clock, right, pass } = hand(through(start - 180 * day, start - 179 * day));
  expect(clock.now()).toBe(start - 179 * day);
  pass(day);
  expect(clock.now()).toBe(right());
});

test('a machine that is off each night keeps up, by at most a day and two nights', () => {
  const days = Array.from({ length: 60 }, (_, index) => start - (index + 1) * day).flatMap((morning) =>
    through(morning, morning + 10 * hour),
  );
  const { clock } = hand(days);
  expect(start - clock.now()).toBeLessThanOrEqual(52 * hour);
});

test('with nothing stored the first start trusts its clock, and a later jump counts as one', () => {
  const { clock, right, set, pass } = hand([], 90_000);
  expect(clock.now()).toBe(right());
  set(start);
  pass(hour);
  expect(clock.now()).toBe(right());
  pass(day);
  expect(clock.now()).toBe(right() + start);
});

test('within a day of a jump time never passes faster than elapsed time, whatever the wall clock does', () => {
  const steps = fc.array(
    fc.record({ set: fc.integer({ min: -year, max: year }), hours: fc.integer({ min: 0, max: 23 }) }),
  );
  fc.assert(
    fc.property(steps, (all) => {
      const { clock, right, set, pass } = hand(through(start - 3 * day, start));
      for (const step of all) {
        // Each is another jump, so that none is ever trusted.
        set(step.set * 2 * hour);
        clock.now();
        pass(step.hours * hour);
        expect(clock.now()).toBeLessThanOrEqual(right() + hour);
        set(step.set * 2 * hour + 3 * hour);
        clock.now();
      }
    }),
    { numRuns: 50 },
  );
});
