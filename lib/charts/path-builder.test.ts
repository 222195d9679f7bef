import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timelineOf } from '@/lib/client/store/timeline';
import { createPathBuilder } from './path-builder';
import type { PathGroup } from './path-groups';

interface Row {
  readonly t: number;
  readonly a: number | null;
  readonly b: number;
}

const row = (t: number, a: number | null = 1, b = 1): Row => ({ t, a, b });
const all = () => true;

const line: PathGroup<Row> = {
  count: 1,
  filled: false,
  carries: all,
  edges: ({ a }) => (a === null ? null : [a]),
};
const stack: PathGroup<Row> = {
  count: 2,
  filled: true,
  carries: all,
  edges: ({ a, b }) => (a === null ? null : [a, a + b]),
};

const builder = (...groups: readonly PathGroup<Row>[]) =>
  createPathBuilder<Row>({ x: (t) => t, y: (value) => 100 - value, gapMs: 2.5, groups });

function paths(rows: readonly Row[], group: PathGroup<Row>, gap: readonly number[] = []) {
  return builder(group).draw(timelineOf(rows, ({ t }) => gap.includes(t)));
}

const count = (path: string | undefined, letter: string) => path?.split(letter).length ?? 0;
const runs = (path: string | undefined) => count(path, 'M') - 1;

test('a line through rows that follow each other', () => {
  expect(paths([row(1, 10), row(2, 20)], line)).toEqual(['M1 90L2 80']);
});

test('missing time and missing values are gaps, never lines', () => {
  const rows = [row(1), row(2), row(6), row(7), row(8, null), row(9), row(10)];
  expect(runs(paths(rows, line)[0])).toBe(3);
});

test('an announced gap is drawn as a gap, however short, in every layer', () => {
  const rows = [row(1), row(2), row(3), row(4)];
  expect(runs(paths(rows, line, [3])[0])).toBe(2);
  expect(paths(rows, stack, [3]).map((path) => count(path, 'Z') - 1)).toEqual([2, 2]);
});

test('a gap before a row that does not carry the series is drawn too', () => {
  const every2nd: PathGroup<Row> = { ...line, carries: ({ t }) => t % 2 === 1 };
  expect(runs(paths([row(1), row(2), row(3), row(4)], every2nd)[0])).toBe(1);
  expect(runs(paths([row(1), row(2), row(3), row(4)], every2nd, [2])[0])).toBe(2);
});

test('a lone sample shows as a dot', () => {
  expect(paths([row(1, 10)], line)).toEqual(['M1 90h0.1']);
});

test('layers stand on each other', () => {
  expect(paths([row(1, 10, 5), row(2, 20, 5)], stack)).toEqual([
    'M1 90L2 80L2 100L1 100Z',
    'M1 85L2 75L2 80L1 90Z',
  ]);
});

test('nothing is drawn from nothing', () => {
  expect(paths([], line)).toEqual(['']);
  expect(paths([], stack)).toEqual(['', '']);
});

const histories = fc.array(
  fc.record({ step: fc.integer({ min: 1, max: 40 }), a: fc.option(fc.integer({ min: 0, max: 90 })) }),
  { maxLength: 120, size: 'max' },
);

test('drawn piece by piece is drawn at once', () => {
  fc.assert(
    fc.property(histories, fc.infiniteStream(fc.boolean()), (steps, looks) => {
      const piecemeal = builder(line, stack);
      const rows: Row[] = [];
      let t = 0;
      for (const { step, a } of steps) {
        t += step / 10;
        rows.push(row(t, a));
        if (looks.next().value) piecemeal.draw({ ...timelineOf(rows), revision: rows.length });
      }
      const timeline = timelineOf(rows);
      expect(piecemeal.draw(timeline)).toEqual(builder(line, stack).draw(timeline));
    }),
  );
});

test('as many runs as the data has, for lines and for layers', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }), (steps) => {
      let t = 0;
      const rows = steps.map((step) => {
        t += step;
        return row(t);
      });
      const expected = rows.length === 0 ? 0 : 1 + steps.slice(1).filter((step) => step > 2.5).length;
      for (const path of [...paths(rows, line), ...paths(rows, stack)]) expect(runs(path)).toBe(expected);
    }),
  );
});

test('ten times the points make no longer paths once there are more than pixels', () => {
  const wide = (points: number) => {
    const rows = Array.from({ length: points }, (_, index) =>
      row((index * 300) / points, 50 + 40 * Math.sin(index)),
    );
    return count(paths(rows, line)[0], 'L');
  };
  expect(wide(300)).toBe(300);
  expect(wide(36_000)).toBeLessThanOrEqual(600);
});
