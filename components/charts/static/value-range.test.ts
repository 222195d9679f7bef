import { expect, test } from 'vitest';
import { valueRange } from './value-range';

test('an axis holds all that is drawn; a share that is large is of 100', () => {
  expect(valueRange([3, 97], true)).toEqual([0, 100]);
  for (const values of [[3, 10], [-5, 5], [1000, 1001], [0, 0], [0.001, 0.002], [5]]) {
    const [bottom, top] = valueRange(values, false);
    expect(bottom).toBeLessThanOrEqual(Math.min(...values));
    expect(top).toBeGreaterThanOrEqual(Math.max(...values));
    expect(top).toBeGreaterThan(bottom);
  }
  expect(valueRange([1000, 1001], false)[0]).toBeGreaterThan(900);
});
