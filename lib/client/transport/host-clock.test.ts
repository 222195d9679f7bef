import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHostClock } from './host-clock';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);

test('runs on by itself, whatever becomes of the wall clock here', () => {
  const clock = createHostClock(5_000);
  pass(1_500);
  vi.setSystemTime(0);
  expect(clock.now()).toBe(6_500);
});

test('believes the stamp that was least delayed', () => {
  const clock = createHostClock(0);
  const from = performance.now();
  for (const delayMs of [300, 40, 900, 120]) {
    pass(1_000);
    clock.add(10_000 + performance.now() - from - delayMs);
  }
  expect(clock.now()).toBe(10_000 + 4_000 - 40);
});

test('follows a clock that is set forward at once, and one that is set back after some stamps', () => {
  const clock = createHostClock(0);
  clock.add(10_000);
  clock.add(70_000);
  expect(clock.now()).toBe(70_000);
  for (let stamp = 0; stamp < 16; stamp += 1) clock.add(9_000);
  expect(clock.now()).toBe(9_000);
});

test('a restart keeps the time until the next stamp, and then believes that alone', () => {
  const clock = createHostClock(50_000);
  clock.restart();
  pass(10);
  expect(clock.now()).toBe(50_010);
  clock.add(200);
  expect(clock.now()).toBe(200);
});
