interface Point {
  readonly x: number;
  readonly y: number;
}

/** The visible precision of a coordinate. */
export const tenth = (value: number) => Math.round(value * 10) / 10;

const text = ({ x, y }: Point) => `${tenth(x)} ${tenth(y)}`;

/**
 * One edge of a trace as the coordinates of an SVG path, at most two points a pixel column: the lowest and the
 * highest, so that no peak is lost however many points there are.
 */
export class Outline {
  readonly #column = new Column();
  #forward = '';
  #backward = '';
  #count = 0;
  #firstX = 0;
  #lastX = 0;

  add(x: number, y: number): void {
    if (!this.#column.contains(x)) this.#closeColumn();
    this.#column.add(x, y);
    if (this.#count === 0) this.#firstX = x;
    this.#lastX = x;
    this.#count += 1;
  }

  /** From left to right, without the letter that begins a path. */
  forward(): string {
    const rest = this.#column.points().map(text).join('L');
    return this.#forward === '' || rest === '' ? this.#forward + rest : `${this.#forward}L${rest}`;
  }

  /** From right to left, to return along a floor. */
  backward(): string {
    const rest = this.#column.points().map(text).reverse().join('L');
    return this.#backward === '' || rest === '' ? rest + this.#backward : `${rest}L${this.#backward}`;
  }

  get count(): number {
    return this.#count;
  }

  get firstX(): number {
    return this.#firstX;
  }

  get lastX(): number {
    return this.#lastX;
  }

  #closeColumn(): void {
    for (const point of this.#column.points()) {
      const at = text(point);
      this.#forward = this.#forward === '' ? at : `${this.#forward}L${at}`;
      this.#backward = this.#backward === '' ? at : `${at}L${this.#backward}`;
    }
    this.#column.clear();
  }
}

/** The extremes of one pixel column. */
class Column {
  #pixel = Number.NaN;
  #low: Point | null = null;
  #high: Point | null = null;

  contains(x: number): boolean {
    return Math.floor(x) === this.#pixel;
  }

  add(x: number, y: number): void {
    this.#pixel = Math.floor(x);
    const point = { x, y };
    if (!this.#low || y < this.#low.y) this.#low = point;
    // Of two equally high points the later, so that a level run keeps both of its ends.
    if (!this.#high || y >= this.#high.y) this.#high = point;
  }

  /** From left to right. */
  points(): readonly Point[] {
    const [low, high] = [this.#low, this.#high];
    if (!low || !high) return [];
    if (low === high) return [low];
    return low.x <= high.x ? [low, high] : [high, low];
  }

  clear(): void {
    this.#low = this.#high = null;
  }
}
