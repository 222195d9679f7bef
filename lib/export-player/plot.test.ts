import { expect, test } from 'vitest';
import { axisOf, bandPath, type Frame, heatPaths, linePath, stacked, strideOf, valueAt } from './plot';

const frame: Frame = { width: 100, height: 10, from: 0, to: 10, start: 0, stepMs: 1, bottom: 0, top: 10 };

test('a gap breaks a line, and a lone value is a dot', () => {
  expect(linePath([1, 2, null, null, null, 5], frame)).toBe('M5 9L15 8M55 5h0.1');
});

test('what is measured every third step is one line until one is missed', () => {
  const values = [1, null, null, 2, null, null, 3, null, null, null, null, null, null, null, 4];
  expect(strideOf(values)).toBe(3);
  expect(linePath(values, { ...frame, to: 15, width: 150 })).toBe('M5 9L35 8L65 7M145 6h0.1');
  expect([0, 2, 5, 9, 13.5].map((t) => valueAt(values, 3, frame, t))).toEqual([1, 1, 2, 3, null]);
});

test('at its very end, where the last step is not over, a value still stands; in a gap there is none', () => {
  expect(valueAt([1, 2, null], 1, frame, 3)).toBe(2);
  expect(valueAt([1, null, null, null, null], 1, frame, 4)).toBeNull();
});

test('layers lie on each other, and a gap is one only where all have it', () => {
  const layers = stacked([
    [1, null, null],
    [2, 3, null],
  ]);
  expect(layers).toEqual([
    [1, null, null],
    [3, 3, null],
  ]);
  expect(bandPath(layers[0] ?? null, layers[1] ?? [], frame)).toBe('M5 7L15 7L15 10L5 9Z');
});

test('rows of heat: a path for each strength, neighbours of one strength as one', () => {
  const paths = heatPaths([[10, 10, null, 1]], { ...frame, to: 4 }, 2);
  expect(paths).toEqual(['M75 0h25v9h-25z', 'M0 0h50v9h-50z']);
});

test('axes begin at 0, but for what varies little far from it', () => {
  expect(axisOf([[3, 47]], null, false)).toEqual([0, 50]);
  expect(axisOf([[3]], 100, true)).toEqual([0, 100]);
  expect(axisOf([[null]], null, false)).toEqual([0, 1]);
  const [bottom, top] = axisOf([[61, 64]], null, true);
  expect([bottom > 50, bottom <= 61, top >= 64, top < 75]).toEqual([true, true, true, true]);
});
