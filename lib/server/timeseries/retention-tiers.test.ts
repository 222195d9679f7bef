import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepsFor } from './retention-tiers';

const hour = 3_600_000;
const day = 24 * hour;
const now = 3 * 365 * day * 20;

test('the finest kept steps are used, combined where there are more than asked for', () => {
  const stepOf = (span: number, points: number, ago = 0) =>
    stepsFor({ from: now - ago - span, to: now - ago, points }, now).stepMs;
  expect(stepOf(300_000, 300)).toBe(1_000);
  expect(stepOf(300_000, 298)).toBe(2_000);
  expect(stepOf(300_000, 100)).toBe(3_000);
  expect(stepOf(300_000, 99)).toBe(10_000);
  expect(stepOf(300_000, 300, 3 * hour)).toBe(10_000);
  expect(stepOf(hour, 500)).toBe(10_000);
  expect(stepOf(day, 1_440)).toBe(60_000);
  expect(stepOf(day, 900)).toBe(120_000);
  expect(stepOf(7 * day, 900)).toBe(1_200_000);
  expect(stepOf(7 * day, 500)).toBe(1_800_000);
  expect(stepOf(20 * day, 480)).toBe(hour);
  expect(stepOf(365 * day, 500)).toBe(day);
  expect(stepOf(3 * 365 * day, 500)).toBe(3 * day);
  expect(stepOf(365 * day, 5_000)).toBe(2 * hour);
  expect(stepOf(5 * 365 * day, 5_000)).toBe(day);
  expect(stepOf(day, 500, 19 * 365 * day)).toBe(day);
});

test('callers with more time may have more steps combined', () => {
  const range = { from: now - 2 * hour, to: now, points: 1_440 };
  expect(stepsFor({ ...range, readRatioMax: 1 }, now).stepMs).toBe(10_000);
  expect(stepsFor({ ...range, readRatioMax: 5 }, now)).toMatchObject({ stepMs: 6_000, times: 6 });
});

test('any range has at most as many steps as asked for, besides those that begin and end it', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 3 * 365 * day }),
    fc.integer({ min: 0, max: 365 * day }),
    fc.integer({ min: 1, max: 5_000 }),
    fc.integer({ min: 1, max: 8 }),
    (span, ago, points, readRatioMax) => {
      const [from, to] = [now - ago - span, now - ago];
      const { stepMs, tier, times } = stepsFor({ from, to, points, readRatioMax }, now);
      expect(stepMs).toBe(tier.stepMs * times);
      expect(Math.ceil((to - Math.floor(from / stepMs) * stepMs) / stepMs)).toBeLessThanOrEqual(points + 1);
    },
  );
  fc.assert(property);
});
