import { expect, test } from 'vitest';
import { timelineOf } from '@/lib/client/store/timeline';
import { bandPathsOf } from './range-band';
import { spreadOf } from './range-figures';

interface Row {
  readonly t: number;
  readonly v: number | null;
}

const of = (...rows: readonly (readonly [t: number, v: number | null])[]) =>
  timelineOf(rows.map(([t, v]): Row => ({ t, v })));
const value = ({ v }: Row) => v;

test('mean, lowest and highest cover the whole range, peaks between the means included', () => {
  const means = of([5, 10], [15, 20], [25, 30]);
  const spread = spreadOf(value, { means, lows: of([5, 1], [15, 2]), highs: of([15, 99]) }, 10);
  expect(spread).toEqual({ mean: 20, low: 1, high: 99 });
});

test('a live sample of one second weighs a tenth of a history point of ten seconds', () => {
  const seconds = Array.from({ length: 10 }, (_, index) => [30_500 + index * 1_000, 100] as const);
  const means = of([5_000, 0], [15_000, 0], [25_000, 0], ...seconds);
  const { mean } = spreadOf(value, { means, lows: means, highs: means }, 10_000);
  expect(mean).toBeGreaterThan(24);
  expect(mean).toBeLessThan(40);
});

test('a gap and an empty range have no values', () => {
  const means = of([5, null], [15, 7]);
  expect(spreadOf(value, { means, lows: means, highs: means }, 10)).toEqual({ mean: 7, low: 7, high: 7 });
  const nothing = of([5, null]);
  expect(spreadOf(value, { means: nothing, lows: nothing, highs: of([5, 3]) }, 10)).toEqual({
    mean: null,
    low: null,
    high: null,
  });
});

test('a band reaches from the lowest to the highest, below the middle too, and has the gaps of its values', () => {
  const reach = { t: 5, low: { t: 5, v: 2 }, high: { t: 5, v: 9 } };
  expect(bandPathsOf<Row>({ value }).edges(reach)).toEqual([2, 9]);
  expect(bandPathsOf<Row>({ value, down: true }).edges(reach)).toEqual([-2, -9]);
  expect(bandPathsOf<Row>({ value: ({ v }) => (v === null ? null : 10 - v) }).edges(reach)).toEqual([1, 8]);
  expect(bandPathsOf<Row>({ value }).edges({ ...reach, low: { t: 5, v: null } })).toBeNull();
});
