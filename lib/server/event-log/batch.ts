import {
  brotliCompressSync,
  brotliDecompressSync,
  crc32,
  inflateRawSync,
  constants as zlib,
} from 'node:zlib';
import { decoded, UnreadableError } from '@/lib/server/storage/unreadable';
import type { LoggedEvent } from './event-log';

/** How a body is packed, as stored in its row. Older versions of Hostbeat deflated. */
export const packings = { deflate: 0, brotli: 1 } as const;

export type Packing = (typeof packings)[keyof typeof packings];

/**
 * 10 s of samples, some 55 kB, take 0.4 ms and become 0.7 of their deflated size (0.2 ms); higher levels gain nothing.
 * The window just holds all of it.
 */
const brotli = { [zlib.BROTLI_PARAM_QUALITY]: 5, [zlib.BROTLI_PARAM_LGWIN]: 17 };

/** Consecutive samples as they lie on disk: a line `[seq,t,type,host]`, with the publisher where one is known, a line of payload, and so on, packed. */
export function packBatch(events: readonly LoggedEvent[]): Buffer {
  const lines = events.map(
    ({ seq, t, type, host, publisher, json }) =>
      `${JSON.stringify(publisher === undefined ? [seq, t, type, host] : [seq, t, type, host, publisher])}\n${json}\n`,
  );
  return brotliCompressSync(lines.join(''), { params: brotli });
}

/** A row of the table, with its batch. */
export interface BatchRow {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly packing: Packing;
  readonly body: ArrayBuffer;
  /** CRC-32 of the body; `null` in rows of an older Hostbeat. */
  readonly checksum: number | null;
}

export const checksumOf = (body: Uint8Array): number => crc32(body);

/** The events of a row. Throws `UnreadableError` for a damaged body. */
export function unpackBatch({ first_seq, last_seq, packing, body, checksum }: BatchRow): LoggedEvent[] {
  const bytes = new Uint8Array(body);
  if (checksum !== null && checksum !== checksumOf(bytes)) throw new UnreadableError('its checksum is wrong');
  const events = decoded(() => eventsOf(bytes, packing));
  const isWhole = events[0]?.seq === first_seq && events.at(-1)?.seq === last_seq;
  if (!isWhole || events.some(({ seq }, index) => seq <= (events[index - 1]?.seq ?? 0))) {
    throw new UnreadableError('it holds other events than its row names');
  }
  return events;
}

function eventsOf(bytes: Uint8Array, packing: Packing): LoggedEvent[] {
  const unpacked = packing === packings.deflate ? inflateRawSync(bytes) : brotliDecompressSync(bytes);
  const lines = unpacked.toString('utf8').split('\n');
  const events: LoggedEvent[] = [];
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [seq, t, type, host, publisher] = JSON.parse(lines[index] ?? '') as [
      number,
      number,
      string,
      string,
      string?,
    ];
    const json = lines[index + 1] ?? '';
    events.push({ seq, t, type, host, json, ...(publisher === undefined ? {} : { publisher }) });
  }
  return events;
}
