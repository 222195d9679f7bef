import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisTop } from './axis-top';

const itself = [{ value: (row: number | null) => row }];

test.each([
  [[], 1],
  [[0.2], 1],
  [[0.99], 2],
  [[2], 3],
  [[1.5, 3, null], 4],
  [[7.5], 8],
  [[9], 10],
  [[42], 50],
])('%j end below %d', (rows, top) => {
  expect(axisTop(rows, itself)).toBe(top);
});

test('every value fits, and little more than half of the axis stays empty', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 }), (rows) => {
      const top = axisTop(rows, itself);
      expect(top).toBeGreaterThan(Math.max(...rows));
      expect(top).toBeLessThanOrEqual(Math.max(...rows) * 2.11);
    }),
  );
});
