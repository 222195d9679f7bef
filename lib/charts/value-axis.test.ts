import fc from 'fast-check';
import { expect, test } from 'vitest';
import { axisAround, axisTop } from './value-axis';

const over = (...values: readonly number[]) => ({ low: Math.min(...values), high: Math.max(...values) });

test.each([
  [[], 1],
  [[0.2], 1],
  [[0.99], 2],
  [[2], 3],
  [[1.5, 3], 4],
  [[-7.5, 3], 8],
  [[7.5], 8],
  [[9], 10],
  [[42], 50],
])('%j end below %d', (rows, top) => {
  expect(axisTop(over(...rows))).toBe(top);
});

test('every value fits, and little more than half of the axis stays empty', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1 }), (rows) => {
      const top = axisTop(over(...rows));
      expect(top).toBeGreaterThan(Math.max(...rows));
      expect(top).toBeLessThanOrEqual(Math.max(...rows) * 2.11);
    }),
  );
});

test.each([
  [[100], 100],
  [[99.9, 3], 100],
  [[81], 100],
  [[60], 80],
  [[0.1], 10],
  // What is beyond what can be is shown all the same.
  [[120], 200],
])('%j of 100 end at %d', (rows, top) => {
  expect(axisTop(over(...rows), 10, 100)).toBe(top);
});

test.each([
  [
    [98, 100],
    [90, 100],
  ],
  [
    [50, 51],
    [50, 54],
  ],
  [
    [0, 100],
    [0, 100],
  ],
  [
    [101, 102],
    [100, 110],
  ],
])('an axis around %j of 100 is %j', (rows, axis) => {
  expect(axisAround(over(...rows), 100)).toEqual(axis);
});

test('an axis of shares ends at 100, whatever they are, and holds them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1 }), (rows) => {
      const top = axisTop(over(...rows), 10, 100);
      const [bottom, end] = axisAround(over(...rows), 100);
      expect(Math.max(top, end)).toBeLessThanOrEqual(100);
      expect(bottom).toBeGreaterThanOrEqual(0);
      expect(bottom).toBeLessThanOrEqual(Math.min(...rows) + 1e-6);
      expect(Math.min(top, end)).toBeGreaterThanOrEqual(Math.max(...rows) - 1e-6);
    }),
  );
});

test('an axis has a least top where small values do not matter', () => {
  expect(axisTop(over(3), 1000)).toBe(1000);
});

test.each([
  [[], [0, 1]],
  [
    [1013, 1014],
    [1000, 1100],
  ],
  [
    [23.4, 23.6],
    [23, 25],
  ],
  [
    [-18.2, -17.9],
    [-18.5, -17.5],
  ],
])('an axis around %j is %j', (rows, axis) => {
  expect(axisAround(over(...rows))).toEqual(axis);
});

test('an axis around whatever comes holds it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), (hundredths) => {
      const rows = hundredths.map((value) => value / 100);
      const [bottom, top] = axisAround(over(...rows));
      expect(bottom).toBeLessThanOrEqual(Math.min(...rows) + 1e-6);
      expect(top).toBeGreaterThanOrEqual(Math.max(...rows) - 1e-6);
    }),
  );
});
