import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linePath, type Projection, stackPaths } from './trace-path';

interface Row {
  readonly t: number;
  readonly a: number | null;
  readonly b: number;
}

const a = (row: Row) => row.a;
const b = (row: Row) => row.b;
const row = (t: number, first: number | null = 1, second = 1): Row => ({ t, a: first, b: second });

function projection(rows: readonly Row[], torn: readonly number[] = []): Projection<Row> {
  const isTorn = (row: Row) => torn.includes(row.t);
  return { rows, x: (t) => t, y: (value) => 100 - value, holeMs: 2.5, isTorn };
}

test('a line through rows that follow each other', () => {
  expect(linePath(projection([row(1, 10), row(2, 20)]), a)).toBe('M1.0 90.0L2.0 80.0');
});

test('missing time and missing values are holes, never lines', () => {
  const rows = [row(1), row(2), row(6), row(7), row(8, null), row(9), row(10)];
  expect(linePath(projection(rows), a).match(/M/g)).toHaveLength(3);
});

test('an announced gap is a hole, however short', () => {
  const torn = projection([row(1), row(2), row(3), row(4)], [3]);
  expect(linePath(torn, a).match(/M/g)).toHaveLength(2);
  expect(stackPaths(torn, [a, b]).map((path) => path.match(/Z/g))).toEqual([
    ['Z', 'Z'],
    ['Z', 'Z'],
  ]);
});

test('a lone sample shows as a dot', () => {
  expect(linePath(projection([row(1, 10)]), a)).toBe('M1.0 90.0h0.1');
});

test('layers stand on each other', () => {
  expect(stackPaths(projection([row(1, 10, 5), row(2, 20, 5)]), [a, b])).toEqual([
    'M1.0 90.0L2.0 80.0L2.0 100.0L1.0 100.0Z',
    'M1.0 85.0L2.0 75.0L2.0 80.0L1.0 90.0Z',
  ]);
});

test('nothing is drawn from nothing', () => {
  expect(linePath(projection([]), a)).toBe('');
  expect(stackPaths(projection([]), [a, b])).toEqual(['', '']);
});

test('as many runs as the data has, for lines and for layers', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }), (steps) => {
      let t = 0;
      const rows = steps.map((step) => {
        t += step;
        return row(t);
      });
      const runs = rows.length === 0 ? 0 : 1 + steps.slice(1).filter((step) => step > 2.5).length;
      expect(linePath(projection(rows), a).match(/M/g) ?? []).toHaveLength(runs);
      for (const path of stackPaths(projection(rows), [a, b]))
        expect(path.match(/Z/g) ?? []).toHaveLength(runs);
    }),
  );
});
