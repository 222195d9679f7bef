import { expect, test } from 'vitest';
import { openPacer } from './playback-clock';

const second = 1_000;

test('what lies in the window is due at once; after it, time passes at the speed', () => {
  const pacer = openPacer({ from: 100_000, start: 70_000, speed: 10, nowMs: 500 });
  expect(pacer.judge(71_000, second, 500)).toEqual({ kind: 'due' });
  expect(pacer.judge(99_000, second, 500)).toEqual({ kind: 'due' });
  expect(pacer.clock(500)).toBe(100_000);
  expect(pacer.judge(101_000, second, 500)).toEqual({ kind: 'wait', ms: 100 });
  expect(pacer.judge(101_000, second, 600)).toEqual({ kind: 'due' });
  expect(pacer.clock(600)).toBe(101_000);
});

test('a hole that would be waited for longer than 10 s is jumped over; a shorter one is waited for', () => {
  for (const speed of [1, 10, 60]) {
    const pacer = openPacer({ from: 0, start: 0, speed, nowMs: 0 });
    expect(pacer.judge(10_000 * speed, second, 0)).toEqual({ kind: 'wait', ms: 10_000 });
    const end = 10_000 * speed + 1;
    expect(pacer.judge(end, second, 0)).toEqual({ kind: 'hole', from: 0, to: end });
    expect(pacer.clock(0)).toBe(end);
    expect(pacer.judge(end, second, 0)).toEqual({ kind: 'due' });
  }
});

test('coarse steps are no holes, nor is the first fine one after them', () => {
  const pacer = openPacer({ from: 0, start: 0, speed: 1, nowMs: 0 });
  expect(pacer.judge(0, 60_000, 0)).toEqual({ kind: 'due' });
  expect(pacer.judge(60_000, 60_000, 0)).toEqual({ kind: 'wait', ms: 60_000 });
  expect(pacer.judge(60_000, second, 0)).toEqual({ kind: 'wait', ms: 60_000 });
  expect(pacer.judge(150_001, 60_000, 0)).toMatchObject({ kind: 'hole' });
});

test('a hole within the window is told, and the clock stays', () => {
  const pacer = openPacer({ from: 100_000, start: 40_000, speed: 1, nowMs: 0 });
  expect(pacer.judge(60_000, second, 0)).toEqual({ kind: 'hole', from: 40_000, to: 60_000 });
  expect(pacer.clock(0)).toBe(100_000);
});

test('the clock waits for a client that does not keep up', () => {
  const pacer = openPacer({ from: 0, start: 0, speed: 10, nowMs: 0 });
  expect(pacer.judge(1_000, second, 60_000)).toEqual({ kind: 'due' });
  expect(pacer.clock(60_000)).toBe(1_000);
  expect(pacer.judge(2_000, second, 60_000)).toEqual({ kind: 'wait', ms: 100 });
});

test('where the host set its clock back, the replay does', () => {
  const pacer = openPacer({ from: 100_000, start: 100_000, speed: 1, nowMs: 0 });
  expect(pacer.judge(101_000, second, 1_000)).toEqual({ kind: 'due' });
  // Samples of lanes of their own may be a little behind.
  expect(pacer.judge(100_500, second, 1_000)).toEqual({ kind: 'due' });
  expect(pacer.clock(1_000)).toBe(101_000);
  expect(pacer.judge(100_000, second, 1_000)).toEqual({ kind: 'due' });
  const back = openPacer({ from: 0, start: 0, speed: 1, nowMs: 0 });
  expect(back.judge(9_000, second, 9_000)).toEqual({ kind: 'due' });
  expect(back.judge(2_000, second, 9_000)).toEqual({ kind: 'due' });
  expect(back.clock(9_000)).toBe(2_000);
});
