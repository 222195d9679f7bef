import { addTo, type Column, decodeColumn, encodeColumn, newColumn, type Step } from './column';

/** Steps that lie open; the others are packed. It divides every level's steps to a block. */
const segmentSteps = 60;

/**
 * A column that is still being written: a tenth of the memory of a plain one, since all but the segment that was
 * written last is kept as bytes. Any step may be added to at any time, in order at next to no cost.
 */
export class OpenColumn {
  private readonly packed: (Uint8Array | undefined)[];
  private readonly steps: number;
  private segment = 0;
  private open = newColumn(segmentSteps);

  /** `steps` is a multiple of 60. */
  constructor(steps: number) {
    this.steps = steps;
    this.packed = new Array(steps / segmentSteps);
  }

  static from(column: Column): OpenColumn {
    const whole = new OpenColumn(column.counts.length);
    for (const [index, count] of column.counts.entries()) {
      if (count > 0) whole.add(index, stepOf(column, index, count));
    }
    return whole;
  }

  add(index: number, step: Step): void {
    const segment = Math.floor(index / segmentSteps);
    if (segment !== this.segment) this.turnTo(segment);
    addTo(this.open, index % segmentSteps, step);
  }

  private turnTo(segment: number): void {
    // Copied, since what the encoder gives is a part of something larger.
    this.packed[this.segment] = encodeColumn(this.open).slice();
    const packed = this.packed[segment];
    this.open = packed ? decodeColumn(packed, segmentSteps) : newColumn(segmentSteps);
    this.segment = segment;
  }

  /** All of it, as it is now. */
  column(): Column {
    const whole = newColumn(this.steps);
    for (let segment = 0; segment < this.packed.length; segment += 1) {
      const packed = this.packed[segment];
      if (segment === this.segment) copyInto(whole, this.open, segment * segmentSteps);
      else if (packed) copyInto(whole, decodeColumn(packed, segmentSteps), segment * segmentSteps);
    }
    return whole;
  }
}

function stepOf(column: Column, index: number, count: number): Step {
  return {
    count,
    min: column.mins[index] ?? 0,
    max: column.maxs[index] ?? 0,
    sum: column.sums[index] ?? 0,
  };
}

/** Adds the steps of `part` to those of `whole` from `offset` on. */
function copyInto(whole: Column, part: Column, offset: number): void {
  for (const [index, count] of part.counts.entries()) {
    if (count > 0) addTo(whole, offset + index, stepOf(part, index, count));
  }
}
