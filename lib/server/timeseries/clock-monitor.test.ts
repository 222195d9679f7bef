import { afterEach, expect, test } from 'vitest';
import { type ClockMonitor, type Clocks, openClockMonitor } from './clock-monitor';

/** Three clocks that a test moves. */
function handClocks() {
  let [wall, monotonic, boot] = [1_795_392_000_000, 50_000, 90_000];
  const clocks: Clocks = { wallMs: () => wall, monotonicMs: () => monotonic, bootMs: () => boot };
  return {
    clocks,
    now: () => wall,
    pass(ms: number) {
      wall += ms;
      monotonic += ms;
      boot += ms;
    },
    sleep(ms: number) {
      wall += ms;
      boot += ms;
    },
    set(ms: number) {
      wall += ms;
    },
  };
}

let clockMonitor: ClockMonitor | null = null;
afterEach(() => clockMonitor?.stop());

/** Looks each second for a while, and so that the last look was just now. */
function watch(hand: ReturnType<typeof handClocks>, seconds: number, kept: ClockMonitor) {
  for (let second = 0; second < seconds; second += 1) {
    hand.pass(1_000);
    kept.check();
  }
}

function open() {
  const hand = handClocks();
  // The real timer looks by itself; with these clocks that tells nothing.
  clockMonitor = openClockMonitor({ clocks: hand.clocks });
  watch(hand, 5, clockMonitor);
  return { hand, kept: clockMonitor };
}

test('time that passed on the wall and since the start, and not for the process: the machine slept', () => {
  const { hand, kept } = open();
  const from = hand.now();
  hand.sleep(3_600_000);
  hand.pass(700);
  expect(kept.cause(from, hand.now())).toBe('host-asleep');
});

test('time that passed on the wall alone: the clock was set', () => {
  const { hand, kept } = open();
  const from = hand.now();
  hand.set(7_200_000);
  hand.pass(900);
  expect(kept.cause(from, hand.now())).toBe('clock-set');
});

test('time that passed on every clock, without a look: the process was halted', () => {
  const { hand, kept } = open();
  const from = hand.now();
  hand.pass(20_000);
  expect(kept.cause(from, hand.now())).toBe('server-stalled');
});

test('time in which it looked as it should: the readings did not answer', () => {
  const { hand, kept } = open();
  const from = hand.now();
  watch(hand, 20, kept);
  expect(kept.cause(from, hand.now())).toBe('reading-failed');
});

test('of a short sleep and a clock set far, the one that took more is the cause; each gap has its own', () => {
  const { hand, kept } = open();
  const from = hand.now();
  hand.sleep(5_000);
  hand.set(60_000);
  hand.pass(300);
  kept.check();
  const between = hand.now();
  watch(hand, 60, kept);
  const second = hand.now();
  hand.pass(30_000);
  kept.check();
  expect(kept.cause(from, between)).toBe('clock-set');
  expect(kept.cause(second, hand.now())).toBe('server-stalled');
});

test('a clock that was set back leaves no gap behind, and later ones have their cause', () => {
  const { hand, kept } = open();
  hand.set(-7_200_000);
  watch(hand, 3, kept);
  const from = hand.now();
  hand.sleep(60_000);
  hand.pass(1_000);
  expect(kept.cause(from, hand.now())).toBe('host-asleep');
});
