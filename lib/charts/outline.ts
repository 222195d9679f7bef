/**
 * One edge of a trace as the coordinates of an SVG path, at most two points a pixel column: the lowest and the
 * highest, so that no peak is lost however many points there are.
 */
export interface Outline {
  add(x: number, y: number): void;
  /** From left to right, without the letter that begins a path. */
  forward(): string;
  /** From right to left, to come back along a floor. */
  backward(): string;
  readonly count: number;
  readonly firstX: number;
  readonly lastX: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What can be seen of a coordinate. */
export const tenth = (value: number) => Math.round(value * 10) / 10;

const text = ({ x, y }: Point) => `${tenth(x)} ${tenth(y)}`;

export function createOutline(): Outline {
  let forward = '';
  let backward = '';
  let count = 0;
  let firstX = 0;
  let lastX = 0;
  let column = Number.NaN;
  let low: Point | null = null;
  let high: Point | null = null;

  /** The points of the column that is not yet closed, from left to right. */
  function open(): readonly Point[] {
    if (!low || !high) return [];
    if (low === high) return [low];
    return low.x <= high.x ? [low, high] : [high, low];
  }

  function closeColumn(): void {
    for (const point of open()) {
      const at = text(point);
      forward = forward === '' ? at : `${forward}L${at}`;
      backward = backward === '' ? at : `${at}L${backward}`;
    }
    low = high = null;
  }

  return {
    add(x, y) {
      const here = Math.floor(x);
      if (here !== column) closeColumn();
      column = here;
      const point = { x, y };
      if (!low || y < low.y) low = point;
      // Of two that are equally high the later, so that a level run keeps both of its ends.
      if (!high || y >= high.y) high = point;
      if (count === 0) firstX = x;
      lastX = x;
      count += 1;
    },
    forward() {
      const rest = open().map(text).join('L');
      return forward === '' || rest === '' ? forward + rest : `${forward}L${rest}`;
    },
    backward() {
      const rest = open().map(text).reverse().join('L');
      return backward === '' || rest === '' ? rest + backward : `${rest}L${backward}`;
    },
    get count() {
      return count;
    },
    get firstX() {
      return firstX;
    },
    get lastX() {
      return lastX;
    },
  };
}
