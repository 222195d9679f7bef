import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTable } from '@/lib/client/store/table';
import { createGrowth } from './appended-rows';

const ops = fc.array(fc.tuple(fc.integer({ min: -3, max: 9 }), fc.boolean()), {
  maxLength: 150,
  size: 'max',
});

test.each([true, false])(
  'what is read piece by piece is what is there, whatever rows do (in order: %s)',
  (ordered) => {
    fc.assert(
      fc.property(ops, (steps) => {
        const table = createTable<{ t: number }>({ maxAgeMs: 60, maxRows: 70, ordered });
        const growth = createGrowth<{ t: number }>();
        let known: { t: number }[] = [];
        let t = 1000;
        for (const [step, look] of steps) {
          t += step;
          table.push({ t });
          if (!look) continue;
          const from = growth.read(table);
          const fresh = table.rows.slice(from);
          known = from === 0 ? fresh : [...known, ...fresh];
          // What was let go at the front may still be known.
          expect(known.slice(-table.rows.length)).toEqual(table.rows);
        }
      }),
    );
  },
);

test('a table that only grows is never read twice, not even where it lets go of what is old', () => {
  const table = createTable<{ t: number }>({ maxAgeMs: 50, maxRows: 1000 });
  const growth = createGrowth<{ t: number }>();
  table.push({ t: 0 });
  growth.read(table);
  for (let t = 1; t < 500; t += 1) {
    table.push({ t });
    expect(growth.read(table)).toBe(table.rows.length - 1);
    expect(growth.read(table)).toBe(table.rows.length);
  }
});
