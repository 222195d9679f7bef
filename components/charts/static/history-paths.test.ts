import { expect, test } from 'vitest';
import { type HistoryData, historyPaths } from './history-paths';

const projection = { x: (t: number) => t / 1_000, y: (value: number) => value };
type Points = HistoryData['points'];

/** Steps of ten seconds for so many seconds; a value of 20 where `has` says so. */
const steps = (seconds: number, has: (second: number) => boolean): Points =>
  Array.from({ length: seconds / 10 }, (_, index) =>
    has(index * 10) ? [index * 10_000, 20, 20, 20] : [index * 10_000, null, null, null],
  );
const lineOf = (points: Points) => historyPaths({ stepMs: 10_000, points }, projection).line;

test('what is measured at each step has a gap where one is missing', () => {
  const line = lineOf(steps(60, (second) => second !== 30));
  expect(line).toBe('M0 20L10 20L20 20M40 20L50 20');
});

test('a sensor that reports every five minutes is one line', () => {
  expect(lineOf(steps(1_200, (second) => second % 300 === 0))).toBe('M0 20L300 20L600 20L900 20');
});

test('one that was silent for long has a gap there, and a lone value is as long as usual', () => {
  const line = lineOf(steps(4_000, (second) => second % 300 === 0 && (second < 700 || second === 3_000)));
  expect(line).toBe('M0 20L300 20L600 20M3000 20h300');
});

test('a single value is seen', () => {
  expect(lineOf(steps(600, (second) => second === 300))).toBe('M300 20h10');
  expect(lineOf(steps(600, () => false))).toBe('');
});
