import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type Column, decodeColumn, encodeColumn } from './column';

/** All metrics over the steps of one block, by metric number. */
export type Columns = Map<number, Column>;

const version = 1;
const headBytes = 3;
const entryBytes = 12;

/**
 * A block as it lies on disk: a directory (metric number, offset, length) and then each metric's column, deflated
 * by itself, so that one metric is read without unpacking the others. Little-endian.
 */
export function packBlock(columns: Columns): Buffer {
  const packed = [...columns].map(([metric, column]) => ({
    metric,
    body: deflateRawSync(encodeColumn(column), { level: 6 }),
  }));
  const directory = headBytes + packed.length * entryBytes;
  const whole = Buffer.alloc(directory + packed.reduce((size, { body }) => size + body.length, 0));
  whole.writeUInt8(version, 0);
  whole.writeUInt16LE(packed.length, 1);
  let offset = directory;
  for (const [index, { metric, body }] of packed.entries()) {
    const entry = headBytes + index * entryBytes;
    whole.writeUInt32LE(metric, entry);
    whole.writeUInt32LE(offset, entry + 4);
    whole.writeUInt32LE(body.length, entry + 8);
    body.copy(whole, offset);
    offset += body.length;
  }
  return whole;
}

/** The columns of a block, all or the named ones. Throws a `RangeError` or zlib's error for what is no block. */
export function unpackBlock(bytes: Uint8Array, steps: number, wanted?: ReadonlySet<number>): Columns {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (whole.readUInt8(0) !== version) throw new RangeError('a block of an unknown version');
  const columns: Columns = new Map();
  const count = whole.readUInt16LE(1);
  for (let index = 0; index < count; index += 1) {
    const entry = headBytes + index * entryBytes;
    const metric = whole.readUInt32LE(entry);
    if (wanted && !wanted.has(metric)) continue;
    const offset = whole.readUInt32LE(entry + 4);
    const length = whole.readUInt32LE(entry + 8);
    const body = inflateRawSync(whole.subarray(offset, offset + length));
    columns.set(metric, decodeColumn(body, steps));
  }
  return columns;
}
