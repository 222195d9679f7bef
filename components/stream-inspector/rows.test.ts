import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Entry } from '@/lib/client/inspector/entries';
import { layOut } from './rows';

const entries = (lengths: readonly number[]): Entry[] =>
  lengths.map((length, index) => ({
    key: index * 2 + 10,
    connection: 1,
    arrivedAt: 0,
    lines: Array.from({ length }, (_, line) => ({ kind: 'data' as const, text: `${index}.${line}` })),
    frame: null,
    type: null,
    end: null,
  }));

const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 40 });

test('any window of rows is that part of all lines', () => {
  fc.assert(
    fc.property(lengths, fc.nat(100), fc.nat(100), (given, from, size) => {
      const all = entries(given).flatMap(({ lines }) => lines.map(({ text }) => text));
      const shown = layOut(entries(given)).rows(from, from + size);
      expect(shown.map(({ line }) => line.text)).toEqual(all.slice(from, from + size));
    }),
  );
});

test('a line is found at the row at which it stands', () => {
  fc.assert(
    fc.property(lengths, (given) => {
      const layout = layOut(entries(given));
      for (let row = 0; row < layout.count; row += 1) {
        const { entry, index } = layout.at(row) ?? {};
        expect(layout.rowOf({ key: entry?.key ?? -1, line: index ?? -1 })).toBe(row);
      }
    }),
  );
});

test('an entry that is gone leads to the one after it', () => {
  const layout = layOut(entries([2, 2]));
  expect(layout.rowOf({ key: 3, line: 1 })).toBe(0);
  expect(layout.rowOf({ key: 11, line: 1 })).toBe(2);
  expect([layout.has(10), layout.has(11), layout.has(12)]).toEqual([true, false, true]);
  expect(layOut([]).at(0)).toBeNull();
});
