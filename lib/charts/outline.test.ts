import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outline } from './outline';

type Point = readonly [x: number, y: number];

function drawn(points: readonly Point[]) {
  const outline = new Outline();
  for (const [x, y] of points) outline.add(x, y);
  return outline;
}

const read = (path: string) => (path === '' ? [] : path.split('L').map((at) => at.split(' ').map(Number)));

test('fewer points than pixels are drawn as they are', () => {
  const outline = drawn([
    [0.04, 10],
    [1.5, 20.26],
    [4, 5],
  ]);
  expect(outline.forward()).toBe('0 10L1.5 20.3L4 5');
  expect(outline.backward()).toBe('4 5L1.5 20.3L0 10');
});

test('a column keeps its lowest and its highest, in their order', () => {
  const points: Point[] = [
    [7.1, 3],
    [7.2, 9],
    [7.3, 5],
    [7.4, 1],
    [7.5, 4],
    [8.1, 4],
  ];
  expect(drawn(points).forward()).toBe('7.2 9L7.4 1L8.1 4');
});

test('a level column keeps both of its ends', () => {
  const points: Point[] = [
    [2.1, 6],
    [2.5, 6],
    [2.9, 6],
  ];
  expect(drawn(points).forward()).toBe('2.1 6L2.9 6');
});

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: -50, max: 50 })), {
    maxLength: 400,
    size: 'max',
  })
  .map((all) => all.map(([tenths, y]): Point => [tenths / 10, y]).sort(([a], [b]) => a - b));

test('every peak and every trough of a column is drawn, and no more than two points of it', () => {
  fc.assert(
    fc.property(points, (all) => {
      const path = read(drawn(all).forward());
      for (const column of new Set(all.map(([x]) => Math.floor(x)))) {
        const of = (some: readonly (readonly number[])[]) =>
          some.filter(([x = -1]) => Math.floor(x) === column).map(([, y = 0]) => y);
        const shown = of(path);
        expect(shown.length).toBeLessThanOrEqual(2);
        expect(Math.max(...shown)).toBe(Math.max(...of(all)));
        expect(Math.min(...shown)).toBe(Math.min(...of(all)));
      }
    }),
  );
});

test('the way back is the way forward, and time never goes back', () => {
  fc.assert(
    fc.property(points, (all) => {
      const outline = drawn(all);
      const path = read(outline.forward());
      expect(read(outline.backward()).reverse()).toEqual(path);
      const across = path.map(([x = 0]) => x);
      expect(across).toEqual([...across].sort((a, b) => a - b));
    }),
  );
});
