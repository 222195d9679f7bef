import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanScores, stableOrder } from './stable-order';

const scores = (entries: Readonly<Record<string, number>>) => new Map(Object.entries(entries));

test('the first order is by score', () => {
  expect(stableOrder([], scores({ a: 1, b: 3, c: 2 }))).toEqual(['b', 'c', 'a']);
});

test('nearly equal neighbours keep their places, and a clear leader rises', () => {
  expect(stableOrder(['a', 'b', 'c'], scores({ a: 10, b: 11, c: 1 }))).toEqual(['a', 'b', 'c']);
  expect(stableOrder(['a', 'b', 'c'], scores({ a: 10, b: 13, c: 50 }))).toEqual(['c', 'b', 'a']);
});

test('missing keys are removed and new ones inserted by score', () => {
  expect(stableOrder(['a', 'b'], scores({ b: 5, c: 9, d: 1 }))).toEqual(['c', 'b', 'd']);
});

test('every key appears once, and the same scores change nothing', () => {
  const some = fc.dictionary(fc.string(), fc.double({ min: 0, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(some, some, (before, now) => {
      const first = stableOrder([], scores(before));
      const second = stableOrder(first, scores(now));
      expect([...second].sort()).toEqual(Object.keys(now).sort());
      expect(stableOrder(second, scores(now))).toEqual(second);
    }),
  );
});

test('a mean counts rows in which an item is missing', () => {
  const rows = [
    [{ key: 'a', value: 4 }],
    [
      { key: 'a', value: 2 },
      { key: 'b', value: 6 },
    ],
  ];
  const means = meanScores(
    rows,
    (row) => row,
    (item) => item.key,
    (item) => item.value,
  );
  expect(Object.fromEntries(means)).toEqual({ a: 3, b: 3 });
});
