import type Database from 'libsql';
import { isSampleType } from '@/lib/protocol/event-types';
import type { Tables } from '@/lib/server/storage/connection';
import {
  checkpointDatabase,
  closeDatabase,
  type DatabaseSize,
  endDatabaseLog,
  inTransaction,
  openDatabase,
  setSynced,
  sizeOfDatabase,
  snapshotDatabase,
} from '@/lib/server/storage/database';
import { readableRows, textOf } from '@/lib/server/storage/unreadable';
import { type BatchPlace, BatchTable, type SeqRange } from './batch-table';
import type { CustomType } from './custom-types';
import { DurableTable } from './durable-table';
import type { DurableByTime, LoggedEvent, Receipt, RequestKey } from './event-log';
import { migrations } from './migrations';

/** A batch is a few kilobytes, written every few seconds: pages of 4 KiB would waste half of what is written. */
const pageBytes = 1_024;

export interface LogRow {
  readonly id: string;
  readonly reservedTo: number;
  readonly tailSeq: number;
}

export interface WriteOptions {
  /** Whether the commit waits for the disk. */
  readonly synced: boolean;
  readonly receipts?: readonly KeptReceipt[];
}

export interface KeptReceipt extends Receipt, RequestKey {
  /** Unix ms. */
  readonly t: number;
}

export interface RetentionBounds {
  /** Durable events older than this are deleted: Unix ms. */
  readonly durableBefore: number;
  /** Of Hostbeat's own events, and of published ones, where each publisher has a fair share. */
  readonly maxOwn: number;
  readonly maxPublished: number;
  /** Receipts older than this are deleted: Unix ms. */
  readonly receiptsBefore: number;
  readonly maxReceipts: number;
}

const gapsMax = 1_000;

/**
 * The log's tables. Every method is synchronous and throws what SQLite throws, with its `code`. Synchronous
 * because a commit takes 0.02 ms (0.2 ms when it waits for the disk) and a thread's message as much.
 */
export class EventStore implements Tables {
  readonly #db: Database.Database;
  readonly #unreadable = new Map<number, SeqRange>();
  readonly #batches: BatchTable;
  readonly #durable: DurableTable;
  #synced: boolean | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#batches = new BatchTable(db, this.#unreadable);
    this.#durable = new DurableTable(db, this.#unreadable);
  }

  /** Opens and, where needed, makes or migrates the database at `path`. */
  static open(path: string, { maxPages }: { readonly maxPages?: number | undefined } = {}): EventStore {
    const db = openDatabase(path, { migrations, maxPages, pageBytes, exclusive: true });
    try {
      return new EventStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** `null` in a database that has just been made. */
  get row(): LogRow | null {
    const found = this.#db.prepare('SELECT CAST(id AS BLOB) AS id, reserved_to, tail_seq FROM log').get() as
      | { id: ArrayBuffer; reserved_to: number; tail_seq: number }
      | undefined;
    return found ? { id: textOf(found.id), reservedTo: found.reserved_to, tailSeq: found.tail_seq } : null;
  }

  /** Rows found so far that cannot be decoded, by their last seq. They stay until retention deletes them. */
  get unreadable(): ReadonlyMap<number, SeqRange> {
    return this.#unreadable;
  }

  /** Makes a new database the given log's. */
  begin({ id, reservedTo, tailSeq }: LogRow): void {
    this.#transact(() => {
      this.#db.prepare('INSERT INTO log VALUES (1, ?, ?, ?)').run(id, reservedTo, tailSeq);
    });
  }

  reserve(reservedTo: number): void {
    this.#transact(() => {
      this.#db.prepare('UPDATE log SET reserved_to = ?').run(reservedTo);
    });
  }

  /** In one transaction. Events are in the log's order. */
  write(events: readonly LoggedEvent[], options: WriteOptions): void {
    this.#transact(() => {
      this.#batches.write(events.filter(({ type }) => isSampleType(type)));
      this.#durable.write(events.filter(({ type }) => !isSampleType(type)));
      this.#writeReceipts(options.receipts ?? []);
    }, options.synced);
  }

  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[] {
    const samples = this.#batches.read(afterSeq, beforeSeq, limit);
    const durable = this.readDurable(afterSeq, beforeSeq - 1, limit);
    if (durable.length === 0) return samples;
    return [...samples, ...durable].sort((one, other) => one.seq - other.seq).slice(0, limit);
  }

  readDurable(afterSeq: number, toSeq: number, limit: number): LoggedEvent[] {
    return this.#durable.read(afterSeq, toSeq, limit);
  }

  /** The newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): LoggedEvent[] {
    return this.#durable.readBefore(beforeSeq, afterSeq, limit);
  }

  readDurableByTime(query: DurableByTime): LoggedEvent[] {
    return this.#durable.readByTime(query);
  }

  countDurable(afterSeq: number, toSeq: number): number {
    return this.#durable.count(afterSeq, toSeq);
  }

  /** The newest seq that is on disk; 0 in an empty log. */
  lastSeq(): number {
    const { n } = this.#db
      .prepare(
        'SELECT max((SELECT coalesce(max(last_seq), 0) FROM batches), (SELECT coalesce(max(seq), 0) FROM lasting)) AS n',
      )
      .get() as { n: number };
    return Math.max(0, n);
  }

  batches(): BatchPlace[] {
    return this.#batches.places();
  }

  deleteBatches(toSeq: number): void {
    this.#transact(() => {
      this.#batches.deleteTo(toSeq);
      this.#db.prepare('UPDATE log SET tail_seq = max(tail_seq, ?)').run(toSeq + 1);
    }, false);
    for (const lastSeq of this.#unreadable.keys()) if (lastSeq <= toSeq) this.#unreadable.delete(lastSeq);
  }

  /** Times of durable events, Unix ms and rising: the first of each half hour in which there is any. */
  durableTimes(): number[] {
    return this.#durable.times();
  }

  /** Deletes durable events and receipts beyond these bounds. */
  deleteDurable({ durableBefore, maxOwn, maxPublished, receiptsBefore, maxReceipts }: RetentionBounds): void {
    this.#transact(() => {
      this.#durable.prune(durableBefore, maxOwn, maxPublished);
      this.#db.prepare('DELETE FROM receipts WHERE t < ?').run(receiptsBefore);
      this.#db
        .prepare('DELETE FROM receipts WHERE t <= (SELECT t FROM receipts ORDER BY t DESC LIMIT 1 OFFSET ?)')
        .run(maxReceipts);
    }, false);
  }

  size(): DatabaseSize {
    return sizeOfDatabase(this.#db);
  }

  /** Bytes of samples, of Hostbeat's own durable events and of published ones. Scans every row. */
  weights(): { readonly samples: number; readonly own: number; readonly published: number } {
    return this.#db
      .prepare(
        `SELECT (SELECT coalesce(sum(octet_length(body)), 0) FROM batches) AS samples,
          coalesce(sum(octet_length(json)) FILTER (WHERE publisher = ''), 0) AS own,
          coalesce(sum(octet_length(json)) FILTER (WHERE publisher <> ''), 0) AS published FROM lasting`,
      )
      .get() as { samples: number; own: number; published: number };
  }

  /** Deletes one in `parts` of Hostbeat's own events, or of the publisher that has most: the oldest. */
  deleteOldest(of: 'own' | 'published', parts: number): void {
    this.#transact(() => this.#durable.deleteOldest(of, parts), false);
  }

  /** Gives free pages back to the file system; takes as long as writing all of the rest. */
  shrink(): void {
    this.#db.exec('VACUUM');
  }

  receipt(keyName: string): Receipt | null {
    const found = this.#db
      .prepare(
        'SELECT CAST(fingerprint AS BLOB) AS fingerprint, first_seq AS firstSeq, count FROM receipts WHERE key = ?',
      )
      .get(keyName) as (Omit<Receipt, 'fingerprint'> & { readonly fingerprint: ArrayBuffer }) | undefined;
    // A damaged fingerprint still shows that the key was used.
    return found ? { ...found, fingerprint: Buffer.from(found.fingerprint).toString() } : null;
  }

  addReceipts(receipts: readonly KeptReceipt[]): void {
    if (receipts.length > 0) this.#transact(() => this.#writeReceipts(receipts));
  }

  gaps(): SeqRange[] {
    return this.#db
      .prepare('SELECT from_seq AS fromSeq, to_seq AS toSeq FROM holes ORDER BY to_seq')
      .all() as SeqRange[];
  }

  addGaps(gaps: readonly SeqRange[]): void {
    if (gaps.length === 0) return;
    this.#transact(() => {
      const insert = this.#db.prepare('INSERT OR REPLACE INTO holes (to_seq, from_seq) VALUES (?, ?)');
      for (const { fromSeq, toSeq } of gaps) insert.run(toSeq, fromSeq);
      this.#db
        .prepare(
          'DELETE FROM holes WHERE to_seq <= (SELECT to_seq FROM holes ORDER BY to_seq DESC LIMIT 1 OFFSET ?)',
        )
        .run(gapsMax);
    });
  }

  customTypes(): CustomType[] {
    const rows = this.#db
      .prepare('SELECT CAST(name AS BLOB) AS name, CAST(publisher AS BLOB) AS publisher FROM invented_types')
      .all() as { name: ArrayBuffer; publisher: ArrayBuffer }[];
    return readableRows(
      rows,
      ({ name, publisher }): CustomType => ({ name: textOf(name), publisher: textOf(publisher) }),
      () => {},
    );
  }

  addCustomTypes(types: Iterable<CustomType>): void {
    this.#transact(() => {
      const insert = this.#db.prepare('INSERT OR IGNORE INTO invented_types (name, publisher) VALUES (?, ?)');
      for (const { name, publisher } of types) insert.run(name, publisher);
    });
  }

  /** Deletes the custom types without an event, and returns their names. */
  forgetUnusedTypes(): string[] {
    const unused = this.#db
      .prepare(
        `SELECT CAST(name AS BLOB) AS name FROM invented_types WHERE NOT EXISTS (SELECT 1 FROM lasting WHERE type = name
          AND type NOT IN ('user-login', 'user-logout', 'system-alert', 'message'))`,
      )
      .all() as { name: ArrayBuffer }[];
    const names = readableRows(
      unused,
      ({ name }) => textOf(name),
      () => {},
    );
    if (names.length === 0) return [];
    this.#transact(() => {
      const forget = this.#db.prepare('DELETE FROM invented_types WHERE name = ?');
      for (const name of names) forget.run(name);
    }, false);
    return names;
  }

  checkpoint(): void {
    checkpointDatabase(this.#db);
  }

  endLog(): void {
    endDatabaseLog(this.#db);
  }

  snapshot(path: string): void {
    snapshotDatabase(this.#db, path);
  }

  close(): void {
    closeDatabase(this.#db);
  }

  #transact(work: () => void, synced = true): void {
    if (this.#synced !== synced) setSynced(this.#db, synced);
    this.#synced = synced;
    inTransaction(this.#db, work);
  }

  #writeReceipts(receipts: readonly KeptReceipt[]): void {
    if (receipts.length === 0) return;
    const insert = this.#db.prepare('INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?)');
    for (const { name, fingerprint, firstSeq, count, t } of receipts)
      insert.run(name, fingerprint, firstSeq, count, t);
  }
}
