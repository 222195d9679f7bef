import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTable } from '@/lib/client/store/table';
import { createExtent } from './extent';
import type { PathGroup } from './path-groups';

interface Row {
  readonly t: number;
  readonly a: number | null;
}

const group: PathGroup<Row> = {
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
        const extent = createExtent([group]);
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
