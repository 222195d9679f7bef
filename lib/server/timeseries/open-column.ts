import { addTo, type Column, decodeColumn, encodeColumn, newColumn, type Step, stepOf } from './column';

/** Steps that are kept unpacked. The steps of a block are a multiple of it in every tier. */
const segmentSteps = 60;

/**
 * A column that is still being written: a tenth of the memory of a plain one, since all but the segment that was
 * written last is kept as bytes. Any step may be added to at any time; in order, that is cheap.
 */
export class OpenColumn {
  readonly #packed: (Uint8Array | undefined)[];
  readonly #steps: number;
  #segment = 0;
  #open = newColumn(segmentSteps);

  /** `steps` is a multiple of 60. */
  constructor(steps: number) {
    this.#steps = steps;
    this.#packed = new Array(steps / segmentSteps);
  }

  static from(column: Column): OpenColumn {
    const whole = new OpenColumn(column.counts.length);
    for (const [index, count] of column.counts.entries()) {
      if (count > 0) whole.add(index, stepOf(column, index));
    }
    return whole;
  }

  add(index: number, step: Step): void {
    const segment = Math.floor(index / segmentSteps);
    if (segment !== this.#segment) this.#turnTo(segment);
    addTo(this.#open, index % segmentSteps, step);
  }

  #turnTo(segment: number): void {
    // Copied, since the encoder returns a part of a larger buffer.
    this.#packed[this.#segment] = encodeColumn(this.#open).slice();
    const packed = this.#packed[segment];
    this.#open = packed ? decodeColumn(packed, segmentSteps) : newColumn(segmentSteps);
    this.#segment = segment;
  }

  /** All of it, as it is now. */
  column(): Column {
    const whole = newColumn(this.#steps);
    for (let segment = 0; segment < this.#packed.length; segment += 1) {
      const packed = this.#packed[segment];
      if (segment === this.#segment) copyInto(whole, this.#open, segment * segmentSteps);
      else if (packed) copyInto(whole, decodeColumn(packed, segmentSteps), segment * segmentSteps);
    }
    return whole;
  }
}

/** Adds the steps of `part` to those of `whole` from `offset` on. */
function copyInto(whole: Column, part: Column, offset: number): void {
  for (const [index, count] of part.counts.entries()) {
    if (count > 0) addTo(whole, offset + index, stepOf(part, index));
  }
}
