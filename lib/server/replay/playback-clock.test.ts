import { expect, test } from 'vitest';
import { PlaybackClock } from './playback-clock';

const second = 1_000;

test('steps in the window are due at once; after it, time passes at the speed', () => {
  const clock = new PlaybackClock({ from: 100_000, start: 70_000, speed: 10, nowMs: 500 });
  expect(clock.schedule(71_000, second, 500)).toEqual({ kind: 'due' });
  expect(clock.schedule(99_000, second, 500)).toEqual({ kind: 'due' });
  expect(clock.time(500)).toBe(100_000);
  expect(clock.schedule(101_000, second, 500)).toEqual({ kind: 'wait', ms: 100 });
  expect(clock.schedule(101_000, second, 600)).toEqual({ kind: 'due' });
  expect(clock.time(600)).toBe(101_000);
});

test('a gap of more than 10 s of real time is skipped; a shorter one is waited for', () => {
  for (const speed of [1, 10, 60]) {
    const clock = new PlaybackClock({ from: 0, start: 0, speed, nowMs: 0 });
    expect(clock.schedule(10_000 * speed, second, 0)).toEqual({ kind: 'wait', ms: 10_000 });
    const end = 10_000 * speed + 1;
    expect(clock.schedule(end, second, 0)).toEqual({ kind: 'gap', from: 0, to: end });
    expect(clock.time(0)).toBe(end);
    expect(clock.schedule(end, second, 0)).toEqual({ kind: 'due' });
  }
});

test('coarse steps are not gaps, nor is the first fine one after them', () => {
  const clock = new PlaybackClock({ from: 0, start: 0, speed: 1, nowMs: 0 });
  expect(clock.schedule(0, 60_000, 0)).toEqual({ kind: 'due' });
  expect(clock.schedule(60_000, 60_000, 0)).toEqual({ kind: 'wait', ms: 60_000 });
  expect(clock.schedule(60_000, second, 0)).toEqual({ kind: 'wait', ms: 60_000 });
  expect(clock.schedule(150_001, 60_000, 0)).toMatchObject({ kind: 'gap' });
});

test('a gap within the window is reported, and the clock stays', () => {
  const clock = new PlaybackClock({ from: 100_000, start: 40_000, speed: 1, nowMs: 0 });
  expect(clock.schedule(60_000, second, 0)).toEqual({ kind: 'gap', from: 40_000, to: 60_000 });
  expect(clock.time(0)).toBe(100_000);
});

test('the clock waits for a client that does not keep up', () => {
  const clock = new PlaybackClock({ from: 0, start: 0, speed: 10, nowMs: 0 });
  expect(clock.schedule(1_000, second, 60_000)).toEqual({ kind: 'due' });
  expect(clock.time(60_000)).toBe(1_000);
  expect(clock.schedule(2_000, second, 60_000)).toEqual({ kind: 'wait', ms: 100 });
});

test('follows a host clock that was set back', () => {
  const clock = new PlaybackClock({ from: 100_000, start: 100_000, speed: 1, nowMs: 0 });
  expect(clock.schedule(101_000, second, 1_000)).toEqual({ kind: 'due' });
  // Samples of separate schedules may be a little behind.
  expect(clock.schedule(100_500, second, 1_000)).toEqual({ kind: 'due' });
  expect(clock.time(1_000)).toBe(101_000);
  expect(clock.schedule(100_000, second, 1_000)).toEqual({ kind: 'due' });
  const back = new PlaybackClock({ from: 0, start: 0, speed: 1, nowMs: 0 });
  expect(back.schedule(9_000, second, 9_000)).toEqual({ kind: 'due' });
  expect(back.schedule(2_000, second, 9_000)).toEqual({ kind: 'due' });
  expect(back.time(9_000)).toBe(2_000);
});
