import { expect, test } from 'vitest';
import { grouped } from './group-marks';

const range = { from: 1_000, to: 2_000 };
const at = (...ts: readonly number[]) => ts.map((t) => ({ t }));
const times = (marks: readonly { readonly t: number }[], apart: number) =>
  grouped(marks, range, apart).map(({ of }) => of.map(({ t }) => t));

test('what is close together is one group, from left to right; what is outside is not shown', () => {
  expect(times(at(1_900, 1_010, 1_000, 1_500, 999, 2_001), 0.02)).toEqual([[1_000, 1_010], [1_500], [1_900]]);
  expect(grouped(at(1_000, 1_010), range, 0.02)[0]?.at).toBeCloseTo(0.005);
});

test('a long row of marks is many groups, none wider than the least distance between marks', () => {
  const many = at(...Array.from({ length: 1_000 }, (_, index) => 1_000 + index));
  const groups = grouped(many, range, 0.125);
  expect(groups.map(({ of }) => of.length)).toEqual(Array.from({ length: 8 }, () => 125));
});
