import { expect, test } from 'vitest';
import { heldBefore, movedBy, rangeUnder } from './grips';

const range = { from: 1_000, to: 2_000 };

test('one finger takes its time along', () => {
  expect(rangeUnder([{ t: 1_500, at: 0.75 }], range)).toEqual({ from: 750, to: 1_750 });
  expect(rangeUnder([], range)).toEqual(range);
});

test('two fingers each stay on their time, whichever came first', () => {
  const grips = [
    { t: 1_250, at: 0 },
    { t: 1_750, at: 1 },
  ] as const;
  expect(rangeUnder(grips, range)).toEqual({ from: 1_250, to: 1_750 });
  expect(rangeUnder([...grips].reverse(), range)).toEqual({ from: 1_250, to: 1_750 });
  const { from, to } = rangeUnder(
    [
      { t: 1_250, at: 0.5 },
      { t: 1_750, at: 0.5 },
    ],
    range,
  );
  expect(to - from, 'fingers on one spot show a bounded time').toBe(12_500);
});

test('nothing is moved past the present', () => {
  expect(movedBy(range, 0.5, 2_200)).toEqual({ from: 1_200, to: 2_200 });
  expect(movedBy(range, -0.5, 2_200)).toEqual({ from: 500, to: 1_500 });
  expect(heldBefore(range, 5_000)).toEqual(range);
});
