import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Frame } from '../transport/frame';
import { createGapRepair } from './gap-repair';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const whole: readonly Frame[] = [['cpu', '{}', 'a-1', 0]];

/** A gap repair whose requests find nothing but the `answered`-th. */
function open(answered: number) {
  const askedAt: number[] = [];
  const had: (readonly Frame[])[] = [];
  const repair = createGapRepair({
    fetchRecent: async () => {
      askedAt.push(performance.now());
      return askedAt.length === answered ? whole : null;
    },
    types: ['cpu'],
    onFrames: (frames) => had.push(frames),
  });
  const since = performance.now();
  return { repair, had, seconds: () => askedAt.map((at) => (at - since) / 1000) };
}

test('requests the missed events once, when no more have been missed for a while', async () => {
  const { repair, had, seconds } = open(1);
  for (const _ of [1, 2, 3]) {
    repair.schedule();
    await vi.advanceTimersByTimeAsync(2_000);
  }
  await vi.advanceTimersByTimeAsync(600_000);
  expect(seconds()).toEqual([7]);
  expect(had).toEqual([whole]);
});

test('what cannot be fetched is requested again, less and less often, until it succeeds', async () => {
  const { repair, had, seconds } = open(3);
  repair.schedule();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(seconds()).toEqual([3, 9, 21]);
  expect(had).toEqual([whole]);
});

test('gives up when what is missing has left the charts, and when it is closed', async () => {
  const vain = open(0);
  vain.repair.schedule();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(vain.seconds().at(-1)).toBeLessThan(300);
  const closed = open(0);
  closed.repair.schedule();
  await vi.advanceTimersByTimeAsync(4_000);
  closed.repair.close();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(closed.seconds()).toEqual([3]);
});

test('requests the alerts since the first of several gaps, until it has them', async () => {
  const asked: unknown[] = [];
  const alerts: (readonly Frame[])[] = [];
  const repair = createGapRepair({
    fetchRecent: async (types, _, position) => {
      asked.push([...types, position]);
      return position && asked.length < 4 ? null : whole;
    },
    types: ['cpu', 'system-alert'],
    onFrames: (_, of) => alerts.push(of),
  });
  repair.schedule('a-1');
  repair.schedule('a-7');
  repair.schedule();
  await vi.advanceTimersByTimeAsync(60_000);
  repair.schedule();
  await vi.advanceTimersByTimeAsync(60_000);
  const round = [
    ['cpu', 'system-alert', undefined],
    ['system-alert', 'a-1'],
  ];
  expect(asked).toEqual([...round, ...round, ['cpu', 'system-alert', undefined]]);
  expect(alerts).toEqual([whole, []]);
});
