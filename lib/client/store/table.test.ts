import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTable } from './table';

const row = (t: number) => ({ t });

test('keeps rows in order and gives the newest', () => {
  const table = createTable({ maxAgeMs: 1000, maxRows: 100 });
  expect(table.latest()).toBeNull();
  for (const t of [1, 2, 3]) table.push(row(t));
  expect(table.rows.map(({ t }) => t)).toEqual([1, 2, 3]);
  expect(table.latest()).toEqual({ t: 3 });
});

test('finds the row nearest to a time, and none that is too far', () => {
  const table = createTable({ maxAgeMs: 1e6, maxRows: 100 });
  for (const t of [1000, 2000, 5000]) table.push(row(t));
  expect(table.at(1400, 500)?.t).toBe(1000);
  expect(table.at(1600, 500)?.t).toBe(2000);
  expect(table.at(3500, 500)).toBeNull();
  expect(table.at(9000, 500)).toBeNull();
  expect(table.at(0, 1000)?.t).toBe(1000);
});

test('what was whole elsewhere takes the place of its own, up to its end', () => {
  const table = createTable({ maxAgeMs: 10_000, maxRows: 100 });
  for (const t of [1000, 2000]) table.push(row(t));
  table.markGap();
  for (const t of [5000, 6000]) table.push(row(t));
  const whole = createTable({ maxAgeMs: 10_000, maxRows: 100 });
  table.replaceRange(whole);
  expect(table.rows).toHaveLength(4);
  for (const t of [1000, 2000, 3000]) whole.push(row(t));
  whole.markGap();
  for (const t of [4000, 5000]) whole.push(row(t));
  const { revision } = table;
  table.replaceRange(whole);
  expect(table.rows.map(({ t }) => t)).toEqual([1000, 2000, 3000, 4000, 5000, 6000]);
  expect(table.rows.filter(table.followsGap)).toEqual([row(4000)]);
  expect(table.revision - revision).toBeGreaterThan(1000);
});

test('what is whole takes nothing from what was before it, and joins it only where that was joined', () => {
  for (const [own, afterGap] of [
    [[1000, 2000, 3000, 4000], []],
    [[1000, 2000, 4000], [3000]],
    [[1000, 2000, null, 3000, 4000], [3000]],
  ] as const) {
    const table = createTable({ maxAgeMs: 10_000, maxRows: 100 });
    for (const t of own) t === null ? table.markGap() : table.push(row(t));
    const whole = createTable({ maxAgeMs: 10_000, maxRows: 100 });
    for (const t of [3000, 4000]) whole.push(row(t));
    table.replaceRange(whole);
    expect(table.rows.map(({ t }) => t)).toEqual([1000, 2000, 3000, 4000]);
    expect(table.rows.filter(table.followsGap).map(({ t }) => t)).toEqual(afterGap);
  }
});

test('a host clock that steps back takes back what has not happened yet', () => {
  const table = createTable({ maxAgeMs: 1e6, maxRows: 100 });
  for (const t of [1000, 2000, 3000, 1500]) table.push(row(t));
  expect(table.rows.map(({ t }) => t)).toEqual([1000, 1500]);
});

test('is sorted and bounded in count and age whatever comes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { maxLength: 600 }), (times) => {
      const table = createTable({ maxAgeMs: 10_000, maxRows: 200 });
      for (const t of times) table.push(row(t));
      const kept = table.rows.map(({ t }) => t);
      expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
      expect(kept.length).toBeLessThanOrEqual(200);
      expect(kept.at(-1)).toBe(times.at(-1));
      const stale = kept.filter((t) => t < (kept.at(-1) ?? 0) - 10_000);
      expect(stale.length).toBeLessThanOrEqual(61);
    }),
  );
});

test('rows from many clocks find their place, none takes another back', () => {
  const table = createTable({ maxAgeMs: 1e6, maxRows: 100, ordered: false });
  for (const t of [1000, 3000, 3000, 2000, 4000]) table.push(row(t));
  expect(table.rows.map(({ t }) => t)).toEqual([1000, 2000, 3000, 3000, 4000]);
  expect(table.revision).toBe(5);
});
