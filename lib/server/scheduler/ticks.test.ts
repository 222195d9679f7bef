import { expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '@/lib/testing/fake-clock';
import { delayFromBoundary, startTicks } from './ticks';

const start = Date.UTC(2026, 0, 1);

function ticking(clock: FakeClock, intervalMs = 1000) {
  const ticks: { tick: number; at: number }[] = [];
  const origin = clock.monotonicMs();
  const stop = startTicks({
    intervalMs,
    clock,
    onTick: (tick) => ticks.push({ tick, at: clock.monotonicMs() - origin }),
  });
  return { ticks, stop };
}

it('come at multiples of the interval, the first at once', async () => {
  const clock = fakeClock(start);
  const { ticks } = ticking(clock);
  await clock.pass(3000);
  expect(ticks).toEqual([0, 1, 2, 3].map((tick) => ({ tick, at: tick * 1000 })));
});

it('do not drift, however late each timer is', async () => {
  const clock = fakeClock(start);
  const late = { ...clock, after: (ms: number, call: () => void) => clock.after(ms + 7, call) };
  const { ticks } = ticking({ ...late, pendingTimers: 0 });
  await clock.pass(3600 * 1000 + 10);
  expect(ticks).toHaveLength(3601);
  expect(ticks.every(({ tick, at }) => at === tick * 1000 + 7)).toBe(true);
});

it('are not doubled by a timer that fires early', async () => {
  const clock = fakeClock(start);
  const early = { ...clock, after: (ms: number, call: () => void) => clock.after(Math.max(1, ms - 1), call) };
  const { ticks } = ticking({ ...early, pendingTimers: 0 });
  await clock.pass(10_500);
  expect(ticks.map(({ tick }) => tick)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('that were missed are skipped, and the rest keep their places', async () => {
  const clock = fakeClock(start);
  const { ticks } = ticking(clock);
  await clock.pass(1000);
  await clock.stall(8 * 3600 * 1000 + 300);
  expect(ticks.map(({ tick }) => tick)).toEqual([0, 1, 28_801]);
  await clock.pass(700);
  expect(ticks.at(-1)).toEqual({ tick: 28_802, at: 28_802_000 });
});

it.each([-5, 5])('do not mind a wall clock that steps by %i h', async (hours) => {
  const clock = fakeClock(start);
  const { ticks } = ticking(clock);
  await clock.pass(2000);
  clock.stepWall(hours * 3_600_000);
  await clock.pass(2000);
  expect(ticks.map(({ tick }) => tick)).toEqual([0, 1, 2, 3, 4]);
});

it('end when stopped, and leave no timer behind', async () => {
  const clock = fakeClock(start);
  const { ticks, stop } = ticking(clock);
  await clock.pass(1000);
  stop();
  expect(clock.pendingTimers).toBe(0);
  await clock.pass(5000);
  expect(ticks).toHaveLength(2);
});

it.each([
  [0, 100],
  [99, 1],
  [100, 0],
  [500, 0],
  [900, 0],
  [901, 199],
  [999, 101],
])('at %i ms after a second, wait %i ms to keep away from where one begins', (phase, wait) => {
  expect(delayFromBoundary(start + phase, 1_000)).toBe(wait);
});

it('wait for less where they come more often, and come after that', async () => {
  expect(delayFromBoundary(start + 190, 200)).toBe(50);
  expect(delayFromBoundary(start + 100, 200)).toBe(0);
  const clock = fakeClock(start);
  const at: number[] = [];
  startTicks({ intervalMs: 1_000, clock, delayMs: 100, onTick: () => at.push(clock.monotonicMs()) });
  await clock.pass(2_500);
  expect(at.map((ms) => ms - (at[0] ?? 0))).toEqual([0, 1_000, 2_000]);
});
