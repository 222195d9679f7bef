import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTable } from '@/lib/client/store/table';
import type { Strand } from './edges';
import { createExtent } from './extent';

interface Row {
  readonly t: number;
  readonly a: number | null;
}

const strand: Strand<Row> = {
  count: 1,
  filled: false,
  carries: () => true,
  edges: ({ a }) => (a === null ? null : [a]),
};

test('the extent is that of the rows that are there, however they came and went', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: -10_000, max: 10_000 })), { minLength: 150, maxLength: 300 }),
      (values) => {
        const table = createTable<Row>({ maxAgeMs: 40, maxRows: 1000 });
        const extent = createExtent([strand]);
        values.forEach((a, t) => {
          table.push({ t, a });
          const told = table.rows.flatMap((row) => (row.a === null ? [] : [row.a]));
          expect(extent(table)).toEqual({ low: Math.min(...told), high: Math.max(...told) });
        });
      },
    ),
    { numRuns: 20 },
  );
});
