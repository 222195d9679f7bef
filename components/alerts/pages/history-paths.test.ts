import { expect, test } from 'vitest';
import { historyPaths } from './history-paths';
import type { HistoryData } from './use-history';

const projection = { x: (t: number) => t / 1_000, y: (value: number) => value };
type Points = HistoryData['points'];

/** Steps of ten seconds for so many seconds; a value of 20 where `has` says so. */
const steps = (seconds: number, has: (second: number) => boolean): Points =>
  Array.from({ length: seconds / 10 }, (_, index) =>
    has(index * 10) ? [index * 10_000, 20, 20, 20] : [index * 10_000, null, null, null],
  );
const lineOf = (points: Points) => historyPaths({ stepMs: 10_000, points }, projection).line;

test('what is measured at each step has a hole where one is missing', () => {
  const line = lineOf(steps(60, (second) => second !== 30));
  expect(line).toBe('M0.0 20.0L10.0 20.0L20.0 20.0M40.0 20.0L50.0 20.0');
});

test('a sensor that reports every five minutes is one line', () => {
  expect(lineOf(steps(1_200, (second) => second % 300 === 0))).toBe(
    'M0.0 20.0L300.0 20.0L600.0 20.0L900.0 20.0',
  );
});

test('one that was silent for long has a hole there, and what is alone is as long as usual', () => {
  const line = lineOf(steps(4_000, (second) => second % 300 === 0 && (second < 700 || second === 3_000)));
  expect(line).toBe('M0.0 20.0L300.0 20.0L600.0 20.0M3000.0 20.0L3300.0 20.0');
});

test('a single word is seen', () => {
  expect(lineOf(steps(600, (second) => second === 300))).toBe('M300.0 20.0L310.0 20.0');
  expect(lineOf(steps(600, () => false))).toBe('');
});
