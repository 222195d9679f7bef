/** The samples of a metric in one step. */
export interface Step {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** A metric over the steps of a block: arrays of the same length; a count of 0 means no samples. */
export interface Column {
  readonly counts: Uint32Array;
  readonly sums: Float64Array;
  /** The sums themselves while no step has more than one sample: half the memory where there are most. */
  mins: Float64Array;
  maxs: Float64Array;
}

export function newColumn(steps: number): Column {
  const sums = new Float64Array(steps);
  return { counts: new Uint32Array(steps), sums, mins: sums, maxs: sums };
}

export function stepOf({ counts, mins, maxs, sums }: Column, index: number): Step {
  return { count: counts[index] ?? 0, min: mins[index] ?? 0, max: maxs[index] ?? 0, sum: sums[index] ?? 0 };
}

/** Adds samples to a step. */
export function addTo(column: Column, index: number, step: Step): void {
  const before = column.counts[index] ?? 0;
  if (column.mins === column.sums) {
    if (before === 0 && step.count === 1) {
      column.sums[index] = step.sum;
      column.counts[index] = 1;
      return;
    }
    column.mins = column.sums.slice();
    column.maxs = column.sums.slice();
  }
  column.mins[index] = before === 0 ? step.min : Math.min(column.mins[index] ?? step.min, step.min);
  column.maxs[index] = before === 0 ? step.max : Math.max(column.maxs[index] ?? step.max, step.max);
  column.sums[index] = (column.sums[index] ?? 0) + step.sum;
  column.counts[index] = before + step.count;
}

/** At most so many decimals; a column that needs more is written as floats. */
const decimalsMax = 4;

class Writer {
  #bytes = new Uint8Array(256);
  #size = 0;

  #grow(more: number): void {
    if (this.#size + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + more));
    larger.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = larger;
  }

  byte(value: number): void {
    this.#grow(1);
    this.#bytes[this.#size] = value;
    this.#size += 1;
  }

  /** LEB128, by arithmetic: values reach beyond 32 bits. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.byte((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  signed(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  double(value: number): void {
    this.#grow(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('a column ends early');
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  double(): number {
    if (this.#at + 8 > this.#bytes.length) throw new RangeError('a column ends early');
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }
}

/** How the rest of a column is encoded. */
const kinds = {
  /** By an older Hostbeat: averages, with two decimals more than their values; minima; maxima minus minima. */
  averages: 0,
  /** One sample a step: its value alone. */
  plain: 1,
  /** Sums, which are exact where values are; minima; maxima minus minima. */
  sums: 2,
  /** The same with the maxima themselves: the difference of two floats is not exact. */
  floatSums: 3,
} as const;

const asFloats = 255;
/** Below this, the difference of two scaled values, with its sign as a bit, is an exact number. */
const exactMax = 2 ** 50;

/** The fewest decimals that represent every value exactly; `null` where that takes more than `decimalsMax`. */
function decimalsOf(values: readonly number[]): number | null {
  let decimals = 0;
  for (const value of values) {
    while (Math.round(value * 10 ** decimals) / 10 ** decimals !== value) {
      decimals += 1;
      if (decimals > decimalsMax) return null;
    }
  }
  return values.every((value) => Math.abs(value) * 10 ** decimals < exactMax) ? decimals : null;
}

/** The relative error that adding floats may leave in a sum; no average is read that precisely. */
const noise = 2 ** -40;

/**
 * The fewest decimals, `least` or more, that represent every sum; `null` where that takes more than `decimalsMax`. A
 * value between the minimum and the maximum of its step may have more decimals than these.
 */
function decimalsOfSums(sums: readonly number[], least: number): number | null {
  for (let decimals = least; decimals <= decimalsMax; decimals += 1) {
    const isEnough = sums.every((sum) => {
      const scaled = Math.abs(sum) * 10 ** decimals;
      return scaled < exactMax && Math.abs(scaled - Math.round(scaled)) <= scaled * noise;
    });
    if (isEnough) return decimals;
  }
  return null;
}

/** Whole numbers as differences from one to the next. */
function writeNumbers(writer: Writer, values: readonly number[], decimals: number | null): void {
  writer.byte(decimals ?? asFloats);
  let previous = 0;
  for (const value of values) {
    if (decimals === null) {
      writer.double(value);
      continue;
    }
    const scaled = Math.round(value * 10 ** decimals);
    writer.signed(scaled - previous);
    previous = scaled;
  }
}

function readNumbers(reader: Reader, count: number): { values: Float64Array; decimals: number } {
  const decimals = reader.byte();
  const values = new Float64Array(count);
  const scale = 10 ** decimals;
  let previous = 0;
  for (let index = 0; index < count; index += 1) {
    if (decimals === asFloats) values[index] = reader.double();
    else {
      previous += reader.signed();
      values[index] = previous / scale;
    }
  }
  return { values, decimals };
}

/**
 * A column as bytes that deflate well: counts as runs, sums and minima as differences from step to step, and how far
 * the maximum lies from the minimum. Where every step is of one sample, its value alone.
 */
export function encodeColumn({ counts, mins, maxs, sums }: Column): Uint8Array {
  const writer = new Writer();
  const totals: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  let plain = true;
  for (let index = 0; index < counts.length; ) {
    const count = counts[index] ?? 0;
    let run = 1;
    while (index + run < counts.length && counts[index + run] === count) run += 1;
    writer.varint(run);
    writer.varint(count);
    for (let at = index; count > 0 && at < index + run; at += 1) {
      totals.push(sums[at] ?? 0);
      lows.push(mins[at] ?? 0);
      highs.push(maxs[at] ?? 0);
    }
    if (count > 1) plain = false;
    index += run;
  }
  const decimals = decimalsOf(plain ? totals : [...lows, ...highs]);
  if (plain) {
    writer.byte(kinds.plain);
    writeNumbers(writer, totals, decimals);
    return writer.done();
  }
  writer.byte(decimals === null ? kinds.floatSums : kinds.sums);
  writeNumbers(writer, totals, decimals === null ? null : decimalsOfSums(totals, decimals));
  writeNumbers(writer, lows, decimals);
  const spreads = decimals === null ? highs : highs.map((high, index) => high - (lows[index] ?? 0));
  writeNumbers(writer, spreads, decimals);
  return writer.done();
}

/** Fills `counts` from its runs, and returns the steps that have samples. */
function readCounts(reader: Reader, counts: Uint32Array): number[] {
  const filled: number[] = [];
  for (let index = 0; index < counts.length; ) {
    const run = reader.varint();
    const count = reader.varint();
    if (run === 0 || index + run > counts.length) throw new RangeError('a column has too many steps');
    for (const end = index + run; index < end; index += 1) {
      counts[index] = count;
      if (count > 0) filled.push(index);
    }
  }
  return filled;
}

/** Throws a `RangeError` for bytes that are no column of `steps` steps. */
export function decodeColumn(bytes: Uint8Array, steps: number): Column {
  const reader = new Reader(bytes);
  const column = newColumn(steps);
  const filled = readCounts(reader, column.counts);
  const kind = reader.byte();
  const { values: totals } = readNumbers(reader, filled.length);
  if (kind === kinds.plain) {
    for (const [order, index] of filled.entries()) column.sums[index] = totals[order] ?? 0;
    return column;
  }
  const { values: lows, decimals } = readNumbers(reader, filled.length);
  const { values: spreads } = readNumbers(reader, filled.length);
  const scale = 10 ** decimals;
  column.mins = new Float64Array(steps);
  column.maxs = new Float64Array(steps);
  for (const [order, index] of filled.entries()) {
    const low = lows[order] ?? 0;
    const spread = spreads[order] ?? 0;
    const total = totals[order] ?? 0;
    column.sums[index] = kind === kinds.averages ? total * (column.counts[index] ?? 0) : total;
    column.mins[index] = low;
    if (kind === kinds.floatSums) column.maxs[index] = spread;
    // 1.2 + 1.1 is not 2.3 to a computer.
    else
      column.maxs[index] = decimals === asFloats ? low + spread : Math.round((low + spread) * scale) / scale;
  }
  return column;
}
