import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedTo } from './merge-steps';
import type { Point } from './series';

const hour = 3_600_000;
const seriesOf = (points: readonly Point[]) => ({ metric: 'cpu.load1', unit: '', stepMs: hour, points });

test('what fits is left as it is', () => {
  const series = seriesOf([[0, 1, 2, 3]]);
  expect(mergedTo(series, 1)).toBe(series);
});

test('lowest and highest stay, the mean is that of what was measured, a hole is a hole only where nothing was', () => {
  const points: Point[] = [
    [5 * hour, 1, 2, 3],
    [6 * hour, 4, 6, 9],
    [7 * hour, null, null, null],
    [8 * hour, 0, 4, 8],
    ...[9, 10, 11, 12, 13].map((at): Point => [at * hour, null, null, null]),
  ];
  const merged = mergedTo(seriesOf(points), 3);
  expect(merged.stepMs).toBe(3 * hour);
  expect(merged.points).toEqual([
    [3 * hour, 1, 2, 3],
    [6 * hour, 0, 5, 9],
    [9 * hour, null, null, null],
    [12 * hour, null, null, null],
  ]);
});

test('however many there are, no more come than were asked for, but for those that begin and end the range', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 30_000 }),
    fc.integer({ min: 1, max: 2_000 }),
    fc.integer({ min: 0, max: 1_000 }),
    (count, asked, first) => {
      const points = Array.from({ length: count }, (_, index): Point => [(first + index) * hour, 1, 2, 3]);
      const merged = mergedTo(seriesOf(points), asked);
      expect(merged.points.length).toBeLessThanOrEqual(asked + 1);
      expect(merged.points.every(([t]) => t % merged.stepMs === 0)).toBe(true);
    },
  );
  fc.assert(property, { numRuns: 60 });
});
