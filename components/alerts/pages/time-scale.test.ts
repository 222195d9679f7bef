import { expect, test } from 'vitest';
import { timeTicks, valueScale } from './time-scale';

const hour = 3_600_000;

test('ticks are round by the clock of the reader, and not too many', () => {
  const from = Date.UTC(2026, 0, 1, 10, 7);
  expect(timeTicks(from, from + hour, 4, 0).map((t) => new Date(t).toISOString().slice(11, 16))).toEqual([
    '10:15',
    '10:30',
    '10:45',
    '11:00',
  ]);
  const aheadMs = 5.5 * hour;
  for (const t of timeTicks(from, from + 24 * hour, 6, aheadMs)) expect((t + aheadMs) % (6 * hour)).toBe(0);
  for (const most of [2, 5, 9])
    expect(timeTicks(from, from + 7 * hour, most, 0).length).toBeLessThanOrEqual(most + 1);
});

test('an axis holds all that is drawn; a share that is large is of 100', () => {
  expect(valueScale([3, 97], true)).toEqual([0, 100]);
  for (const values of [[3, 10], [-5, 5], [1000, 1001], [0, 0], [0.001, 0.002], [5]]) {
    const [bottom, top] = valueScale(values, false);
    expect(bottom).toBeLessThanOrEqual(Math.min(...values));
    expect(top).toBeGreaterThanOrEqual(Math.max(...values));
    expect(top).toBeGreaterThan(bottom);
  }
  expect(valueScale([1000, 1001], false)[0]).toBeGreaterThan(900);
});
