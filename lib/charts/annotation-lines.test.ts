import { expect, test } from 'vitest';
import { gapSpans } from './annotation-lines';

const x = (t: number) => t / 10;
const gap = (from: number, to: number) => ({ from, to, label: '' });

test.each([
  ['inside', [gap(100, 300)], [[10, 20]]],
  ['beyond the left edge', [gap(-500, 300)], [[0, 30]]],
  ['beyond the right edge', [gap(900, 9_000)], [[90, 10]]],
  ['too short to be seen', [gap(100, 101)], [[10, 2]]],
  ['before and after', [gap(-900, -10), gap(1_010, 2_000)], []],
  [
    'two',
    [gap(0, 100), gap(200, 300)],
    [
      [0, 10],
      [20, 10],
    ],
  ],
])('a gap %s', (_, gaps, spans) => {
  expect(gapSpans(gaps, x, 100).map(({ left, across }) => [left, across])).toEqual(spans);
});
