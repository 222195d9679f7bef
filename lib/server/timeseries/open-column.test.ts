import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTo, newColumn } from './column';
import { OpenColumn } from './open-column';

const steps = 600;

const sample = fc.record({
  index: fc.nat(steps - 1),
  value: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((hundredths) => hundredths / 100),
});

/** Packing a segment keeps averages to a hundredth of the values' last decimal. */
const averageOff = 0.001;

function expectSame(open: OpenColumn, samples: readonly { index: number; value: number }[]): void {
  const plain = newColumn(steps);
  for (const { index, value } of samples)
    addTo(plain, index, { count: 1, min: value, max: value, sum: value });
  const column = open.column();
  expect([...column.counts]).toEqual([...plain.counts]);
  for (const [index, count] of plain.counts.entries()) {
    if (count === 0) continue;
    expect(column.mins[index]).toBeCloseTo(plain.mins[index] ?? Number.NaN, 6);
    expect(column.maxs[index]).toBeCloseTo(plain.maxs[index] ?? Number.NaN, 6);
    const off = Math.abs((column.sums[index] ?? 0) - (plain.sums[index] ?? 0)) / count;
    expect(off).toBeLessThan(averageOff);
  }
}

test('it equals a plain column, in whatever order steps are added to', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 300 }), (samples) => {
      const open = new OpenColumn(steps);
      for (const { index, value } of samples)
        open.add(index, { count: 1, min: value, max: value, sum: value });
      expectSame(open, samples);
      expectSame(OpenColumn.from(open.column()), samples);
    }),
    { numRuns: 100 },
  );
});

test('with one sample a second it is exact, and continues after it was read', () => {
  const open = new OpenColumn(steps);
  for (let index = 0; index < steps; index += 1) {
    const value = (index * 7919) % 100;
    open.add(index, { count: 1, min: value, max: value, sum: value });
    if (index % 97 === 0) expect(open.column().sums[index]).toBe(value);
  }
  expect([...open.column().sums]).toEqual(Array.from({ length: steps }, (_, index) => (index * 7919) % 100));
});
