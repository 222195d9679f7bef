import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AxisLabel, placedLabels } from './label-placement';

const shownOf = (labels: readonly AxisLabel[], across: number) =>
  placedLabels(labels, across).flatMap(({ anchor, isShown }, index) => {
    const label = labels[index];
    if (!label || !isShown) return [];
    const left = label.x - { start: 0, middle: label.width / 2, end: label.width }[anchor];
    return [{ left, right: left + label.width }];
  });

test('no label is cut or touches another, and the newest that fits is there', () => {
  const label = fc.record({
    x: fc.double({ min: 0, max: 1, noNaN: true }),
    width: fc.integer({ min: 8, max: 160 }),
  });
  fc.assert(
    fc.property(
      fc.array(label, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 160, max: 3_840 }),
      (made, across) => {
        const labels = made
          .map(({ x, width }) => ({ x: x * across, width }))
          .sort((one, other) => one.x - other.x);
        const shown = shownOf(labels, across);
        const newest = labels.flatMap((one) => shownOf([one], across)).at(-1);
        expect(shown.at(-1)).toEqual(newest);
        shown.forEach(({ left, right }, index) => {
          expect(left).toBeGreaterThanOrEqual(-1e-6);
          expect(right).toBeLessThanOrEqual(across + 1e-6);
          const before = shown[index - 1];
          if (before) expect(left - before.right).toBeGreaterThanOrEqual(8 - 1e-6);
        });
      },
    ),
  );
});

test('a label that would be cut wherever it stands is left out, and those beside it stay', () => {
  const labels = [
    { x: 0, width: 8 },
    { x: 60, width: 151 },
  ];
  expect(placedLabels(labels, 160).map(({ isShown }) => isShown)).toEqual([true, false]);
  expect(placedLabels([{ x: 9.5, width: 151 }], 160)).toEqual([{ anchor: 'start', isShown: false }]);
});

test('labels that have room all stand in the middle of their places, the outermost inside', () => {
  const labels = [0, 250, 500, 750, 1_000].map((x) => ({ x, width: 60 }));
  expect(placedLabels(labels, 1_000).map(({ anchor }) => anchor)).toEqual([
    'start',
    'middle',
    'middle',
    'middle',
    'end',
  ]);
  expect(placedLabels(labels, 1_000).every(({ isShown }) => isShown)).toBe(true);
  // At 28 px to the rem they are nearly twice as wide.
  const wide = placedLabels(
    labels.map(({ x }) => ({ x: x / 2, width: 105 })),
    500,
  );
  expect(wide.map(({ isShown }) => isShown)).toEqual([true, false, true, false, true]);
});
