import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricsOfBlock, packBlock, packColumn, unpackBlock } from './block';
import { addTo, type Column, decodeColumn, encodeColumn, newColumn } from './column';

const steps = 60;

function columnOf(samples: readonly (readonly [index: number, value: number])[]): Column {
  const column = newColumn(steps);
  for (const [index, value] of samples)
    addTo(column, index, { count: 1, min: value, max: value, sum: value });
  return column;
}

function expectSame(actual: Column, expected: Column): void {
  expect([...actual.counts]).toEqual([...expected.counts]);
  for (let index = 0; index < steps; index += 1) {
    if (expected.counts[index] === 0) continue;
    const scale = Math.max(1, Math.abs(expected.maxs[index] ?? 0), Math.abs(expected.mins[index] ?? 0));
    for (const key of ['mins', 'maxs'] as const) {
      expect(Math.abs((actual[key][index] ?? 0) - (expected[key][index] ?? 0)) / scale).toBeLessThan(1e-9);
    }
    const average = (column: Column) => (column.sums[index] ?? 0) / (column.counts[index] ?? 1);
    expect(Math.abs(average(actual) - average(expected)) / scale).toBeLessThan(1e-9);
  }
}

const value = fc.oneof(
  fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  fc.integer({ min: 0, max: 2 ** 46 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }),
  fc.integer({ min: -500, max: 500 }),
);

test('any column decodes to what was encoded', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(steps - 1), value), { maxLength: 200 }), (samples) => {
      const column = columnOf(samples);
      expectSame(decodeColumn(encodeColumn(column), steps), column);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['between the lowest and the highest', [1, 0, 0.01], 1.01],
  ['of more decimals than those', [0.5, 0, 0.0625, 0.1], 0.6625],
  ['of more decimals than are tried', [1, 0, 0.000_001], 1.000_001],
  ['that is a float', [1, 0, 1 / 3], 4 / 3],
])('a value %s is in the sum of its step', (_, values, sum) => {
  const column = columnOf(values.map((one) => [18, one] as const));
  const back = decodeColumn(encodeColumn(column), steps);
  expect([back.mins[18], back.maxs[18], back.counts[18]]).toEqual([
    Math.min(...values),
    Math.max(...values),
    values.length,
  ]);
  expect(back.sums[18]).toBeCloseTo(sum, 12);
});

test('values of two decimals and their sums decode exactly', () => {
  const samples = Array.from({ length: 300 }, (_, n) => [n % steps, ((n * 7919) % 10_000) / 100] as const);
  const column = columnOf(samples);
  const back = decodeColumn(encodeColumn(column), steps);
  expect([...back.mins]).toEqual([...column.mins]);
  expect([...back.maxs]).toEqual([...column.maxs]);
  const hundredths = (sums: Float64Array) => [...sums].map((sum) => Math.round(sum * 100) / 100);
  expect([...back.sums]).toEqual(hundredths(column.sums));
});

test('floats decode exactly', () => {
  const samples = Array.from({ length: 300 }, (_, n) => [n % steps, Math.sin(n) / 3] as const);
  const column = columnOf(samples);
  expect(decodeColumn(encodeColumn(column), steps)).toEqual(column);
});

test('one metric of a block is read without the others', () => {
  const columns = new Map([
    [3, columnOf([[0, 1.5]])],
    [70_000, columnOf([[59, -2]])],
  ]);
  const bytes = packBlock([...columns].map(([metric, column]) => [metric, packColumn(column)]));
  const [only, ...others] = unpackBlock(bytes, steps, new Set([70_000]));
  expect(others).toEqual([]);
  expect(only?.[0]).toBe(70_000);
  expect(only?.[1].sums[59]).toBe(-2);
  expect([...unpackBlock(bytes, steps).keys()]).toEqual([3, 70_000]);
  expect(metricsOfBlock(bytes)).toEqual([3, 70_000]);
});

test('bytes that are no block or column throw', () => {
  const bytes = packBlock([[1, packColumn(columnOf([[0, 5]]))]]);
  expect(() => unpackBlock(bytes.subarray(0, bytes.length - 3), steps)).toThrow();
  expect(() => unpackBlock(Buffer.from([9, 0, 0]), steps)).toThrow(/version/);
  expect(() => decodeColumn(Uint8Array.of(200), steps)).toThrow(RangeError);
  expect(() => decodeColumn(Uint8Array.of(61, 1), steps)).toThrow(RangeError);
});
