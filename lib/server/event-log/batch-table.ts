import type Database from 'libsql';
import { UnreadableError } from '@/lib/server/storage/unreadable';
import { type BatchRow, checksumOf, packBatch, packings, unpackBatch } from './batch';
import type { LoggedEvent } from './event-log';

/** A batch of samples on disk, without its body. */
export interface BatchPlace {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Unix ms of its first and last event. */
  readonly firstT: number;
  readonly lastT: number;
}

/** A run of seqs, both included. */
export interface SeqRange {
  readonly fromSeq: number;
  readonly toSeq: number;
}

export const eventsPerBatch = 2_000;
const unpackedMax = 4;

/** Samples on disk, packed in batches. Methods throw what SQLite throws; writes run in the caller's transaction. */
export class BatchTable {
  readonly #db: Database.Database;
  readonly #unreadable: Map<number, SeqRange>;
  readonly #insert: Database.Statement;
  readonly #after: Database.Statement;
  /** The batches read last, unpacked: clients that resume together read the same rows. */
  readonly #unpacked = new Map<number, LoggedEvent[]>();

  /** Batches that cannot be decoded are noted in `unreadable`, by their last seq. */
  constructor(db: Database.Database, unreadable: Map<number, SeqRange>) {
    this.#db = db;
    this.#unreadable = unreadable;
    this.#insert = db.prepare(
      'INSERT INTO batches (last_seq, first_seq, first_t, last_t, packing, body, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#after = db.prepare(
      'SELECT first_seq, last_seq, packing, body, checksum FROM batches WHERE last_seq > ? AND first_seq < ? ORDER BY last_seq LIMIT ?',
    );
  }

  /** At most `eventsPerBatch` samples go into a row. */
  write(samples: readonly LoggedEvent[]): void {
    for (let from = 0; from < samples.length; from += eventsPerBatch) {
      const part = samples.slice(from, from + eventsPerBatch);
      const [first, last] = [part[0], part.at(-1)];
      if (!first || !last) continue;
      const body = packBatch(part);
      this.#insert.run(last.seq, first.seq, first.t, last.t, packings.brotli, body, checksumOf(body));
    }
  }

  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (let at = afterSeq; events.length < limit; ) {
      const found = this.#after.get(at, beforeSeq, 1) as BatchRow | undefined;
      if (!found) break;
      for (const event of this.#unpack(found)) {
        if (event.seq > afterSeq && event.seq < beforeSeq && events.length < limit) events.push(event);
      }
      at = found.last_seq;
    }
    return events;
  }

  places(): BatchPlace[] {
    return this.#db
      .prepare(
        'SELECT first_seq AS firstSeq, last_seq AS lastSeq, first_t AS firstT, last_t AS lastT FROM batches ORDER BY last_seq',
      )
      .all() as BatchPlace[];
  }

  deleteTo(toSeq: number): void {
    this.#db.prepare('DELETE FROM batches WHERE last_seq <= ?').run(toSeq);
  }

  /** Empty for a row that cannot be decoded, so that the others can still be read. */
  #unpack(row: BatchRow): LoggedEvent[] {
    const { first_seq, last_seq } = row;
    if (this.#unreadable.has(last_seq)) return [];
    let events = this.#unpacked.get(last_seq);
    try {
      events ??= unpackBatch(row);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#unreadable.set(last_seq, { fromSeq: first_seq, toSeq: last_seq });
      return [];
    }
    this.#unpacked.delete(last_seq);
    this.#unpacked.set(last_seq, events);
    const [oldest] = this.#unpacked.keys();
    if (this.#unpacked.size > unpackedMax && oldest !== undefined) this.#unpacked.delete(oldest);
    return events;
  }
}
