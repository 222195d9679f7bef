import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Column, decodeColumn, encodeColumn } from './column';

/** Metrics over the steps of one block, by metric number. */
export type Columns = Map<number, Column>;

const version = 1;
const headBytes = 3;
const entryBytes = 12;

/** A body is some kilobytes at most: zlib's defaults would take 256 KiB and a 16 KiB chunk for each. */
const deflating = { level: 6, windowBits: 12, memLevel: 6 };
const chunkBytes = { min: 64, max: 16_384 };

/** The column of a metric as a block contains it. */
export function packColumn(column: Column): Buffer {
  const bytes = encodeColumn(column);
  const chunkSize = Math.min(chunkBytes.max, chunkBytes.min + bytes.length);
  // Copied out of its chunk, which is as large as the input.
  return Buffer.from(deflateRawSync(bytes, { ...deflating, chunkSize }));
}

/**
 * A block as it is stored: a directory (metric number, offset, length) and then each metric's column, deflated
 * by itself, so that one metric is read without unpacking the others. Little-endian.
 */
export function packBlock(packed: readonly (readonly [metric: number, body: Buffer])[]): Buffer {
  const directory = headBytes + packed.length * entryBytes;
  const whole = Buffer.alloc(directory + packed.reduce((size, [, body]) => size + body.length, 0));
  whole.writeUInt8(version, 0);
  whole.writeUInt16LE(packed.length, 1);
  let offset = directory;
  for (const [index, [metric, body]] of packed.entries()) {
    const entry = headBytes + index * entryBytes;
    whole.writeUInt32LE(metric, entry);
    whole.writeUInt32LE(offset, entry + 4);
    whole.writeUInt32LE(body.length, entry + 8);
    body.copy(whole, offset);
    offset += body.length;
  }
  return whole;
}

interface Entry {
  readonly metric: number;
  readonly offset: number;
  readonly length: number;
}

function entriesOf(whole: Buffer): Entry[] {
  if (whole.readUInt8(0) !== version) throw new RangeError('a block of an unknown version');
  return Array.from({ length: whole.readUInt16LE(1) }, (_, index) => {
    const entry = headBytes + index * entryBytes;
    return {
      metric: whole.readUInt32LE(entry),
      offset: whole.readUInt32LE(entry + 4),
      length: whole.readUInt32LE(entry + 8),
    };
  });
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The numbers of the metrics in a block. Throws a `RangeError` for bytes that are no block. */
export function metricsOfBlock(bytes: Uint8Array): number[] {
  return entriesOf(bufferOf(bytes)).map(({ metric }) => metric);
}

/**
 * The columns of a block, all or the wanted ones, each unpacked when it is asked for. Throws a `RangeError` or zlib's
 * error for bytes that are no block.
 */
export function* columnsOfBlock(
  bytes: Uint8Array,
  steps: number,
  wanted?: ReadonlySet<number>,
): Generator<[metric: number, column: Column]> {
  const whole = bufferOf(bytes);
  for (const { metric, offset, length } of entriesOf(whole)) {
    if (wanted && !wanted.has(metric)) continue;
    yield [metric, decodeColumn(inflateRawSync(whole.subarray(offset, offset + length)), steps)];
  }
}

/** All of them at once. */
export function unpackBlock(bytes: Uint8Array, steps: number, wanted?: ReadonlySet<number>): Columns {
  return new Map(columnsOfBlock(bytes, steps, wanted));
}
