import type Database from 'libsql';
import { isSampleType } from '@/lib/protocol/event-types';
import {
  checkpointDatabase,
  closeDatabase,
  endDatabaseLog,
  inTransaction,
  openDatabase,
  setSynced,
  snapshotDatabase,
} from '@/lib/server/storage/database';
import type { Tables } from '@/lib/server/storage/supervised-database';
import { decoded, readableRows, textOf, UnreadableError } from '@/lib/server/storage/unreadable';
import { type BatchRow, checksumOf, packBatch, packings, unpackBatch } from './batch';
import type { CustomType } from './custom-types';
import type { DurableByTime, LoggedEvent, Receipt, RequestKey } from './event-log';
import { fairShare } from './fair-share';
import { migrations } from './migrations';

/** A batch is some kilobytes, written each few seconds: with pages of 4 KiB, half of what is written would be room. */
const pageBytes = 1_024;

/** A run of samples on disk, without its body. */
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

export interface LogRow {
  readonly id: string;
  readonly reservedTo: number;
  readonly tailSeq: number;
}

export interface WriteOptions {
  /** Whether the disk must have it when this returns, or may have it soon. */
  readonly synced: boolean;
  readonly receipts?: readonly KeptReceipt[];
}

export interface KeptReceipt extends Receipt, RequestKey {
  /** Unix ms. */
  readonly t: number;
}

export interface RetentionBounds {
  /** Lasting events older than this go: Unix ms. */
  readonly durableBefore: number;
  /** Of what Hostbeat has seen, and of what was published, each by itself; of the latter each publisher a fair share. */
  readonly maxOwn: number;
  readonly maxPublished: number;
  /** Receipts older than this go: Unix ms. */
  readonly receiptsBefore: number;
  readonly maxReceipts: number;
}

/**
 * The log's tables. Every method is synchronous and throws what SQLite throws, with its `code`. Synchronous
 * because a commit takes 0.02 ms (0.2 ms when it waits for the disk) and a thread's message as much.
 */
export interface EventStore extends Tables {
  /** `null` in a database that has just been made. */
  readonly row: LogRow | null;
  /** Makes a new database the given log's. */
  begin(row: LogRow): void;
  reserve(reservedTo: number): void;
  /** In one transaction. Events are in the log's order; at most `eventsPerBatch` samples go into a row. */
  write(events: readonly LoggedEvent[], options: WriteOptions): void;
  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[];
  readDurable(afterSeq: number, toSeq: number, limit: number): LoggedEvent[];
  /** The newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): LoggedEvent[];
  readDurableByTime(query: DurableByTime): LoggedEvent[];
  countDurable(afterSeq: number, toSeq: number): number;
  /** The newest seq that is on disk; 0 in an empty log. */
  lastSeq(): number;
  batches(): BatchPlace[];
  deleteBatches(toSeq: number): void;
  /** Times of what lasts, Unix ms and rising: the first of each half hour in which there is any. */
  durableTimes(): number[];
  /** Deletes what lasts, but not for ever. */
  deleteDurable(bounds: RetentionBounds): void;
  /** What is in use of the file, and the file itself: bytes. What is deleted is used again before the file grows. */
  size(): { readonly usedBytes: number; readonly fileBytes: number };
  /** Bytes of samples, of what Hostbeat has seen, and of what was published, by a look at each row. */
  weights(): { readonly samples: number; readonly own: number; readonly published: number };
  /** Deletes the oldest part of what Hostbeat has seen, or of the publisher that has most: one in `parts`. */
  deleteOldest(of: 'own' | 'published', parts: number): void;
  /** Gives what is free back to the file system; takes as long as writing all of the rest. */
  shrink(): void;
  receipt(keyName: string): Receipt | null;
  gaps(): SeqRange[];
  addGaps(holes: readonly SeqRange[]): void;
  addReceipts(receipts: readonly KeptReceipt[]): void;
  customTypes(): CustomType[];
  addCustomTypes(types: Iterable<CustomType>): void;
  /** Forgets invented types of which no event is kept, and says which. */
  forgetUnusedTypes(): string[];
  /** Rows that were met so far and cannot be decoded, by their last seq. They stay where they are until their time comes. */
  readonly unreadable: ReadonlyMap<number, SeqRange>;
}

/** Text as bytes: what is damaged need not be UTF-8. */
const lastingColumns =
  'seq, CAST(type AS BLOB) AS type, CAST(host AS BLOB) AS host, t, CAST(json AS BLOB) AS json';

interface DurableRow {
  readonly seq: number;
  readonly t: number;
  readonly type: ArrayBuffer;
  readonly host: ArrayBuffer;
  readonly json: ArrayBuffer;
}

/** Throws `UnreadableError`. What is no JSON any more would be no use to anybody, and end their reading. */
function lastingEvent({ seq, t, type, host, json }: DurableRow): LoggedEvent {
  const text = textOf(json);
  decoded(() => JSON.parse(text));
  return { seq, type: textOf(type), host: textOf(host), t, json: text };
}

export const eventsPerBatch = 2_000;
const unpackedMax = 4;
const holesMax = 1_000;

/** Opens and, where needed, makes or migrates the database at `path`. */
export function openEventStore(
  path: string,
  { maxPages }: { readonly maxPages?: number | undefined } = {},
): EventStore {
  const db = openDatabase(path, { migrations, maxPages, pageBytes, exclusive: true });
  try {
    return storeOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOf(db: Database.Database): EventStore {
  const insertBatch = db.prepare(
    'INSERT INTO batches (last_seq, first_seq, first_t, last_t, packing, body, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insertLasting = db.prepare(
    'INSERT INTO lasting (seq, type, host, t, json, publisher) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const batchesAfter = db.prepare(
    'SELECT first_seq, last_seq, packing, body, checksum FROM batches WHERE last_seq > ? AND first_seq < ? ORDER BY last_seq LIMIT ?',
  );
  const lastingAfter = db.prepare(
    `SELECT ${lastingColumns} FROM lasting WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
  );
  const lastingBefore = db.prepare(
    `SELECT ${lastingColumns} FROM lasting WHERE seq < ? AND seq > ? ORDER BY seq DESC LIMIT ?`,
  );
  const lastingByTime = db.prepare(
    `SELECT ${lastingColumns} FROM lasting
      WHERE t >= ? AND t < ? AND (t > ? OR seq > ?) AND seq >= ? AND seq < ? ORDER BY t, seq LIMIT ?`,
  );
  const insertReceipt = db.prepare('INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?)');
  const findReceipt = db.prepare(
    'SELECT CAST(fingerprint AS BLOB) AS fingerprint, first_seq AS firstSeq, count FROM receipts WHERE key = ?',
  );
  const insertHole = db.prepare('INSERT OR REPLACE INTO holes (to_seq, from_seq) VALUES (?, ?)');
  const insertType = db.prepare('INSERT OR IGNORE INTO invented_types (name, publisher) VALUES (?, ?)');
  const lastingCount = db.prepare('SELECT count(*) AS n FROM lasting WHERE seq > ? AND seq <= ?');
  /** Clients that resume together read the same rows; these are the last ones, unpacked. */
  const unpacked = new Map<number, LoggedEvent[]>();
  const unreadable = new Map<number, SeqRange>();
  let synced: boolean | null = null;

  function row(): LogRow | null {
    const found = db.prepare('SELECT CAST(id AS BLOB) AS id, reserved_to, tail_seq FROM log').get() as
      | { id: ArrayBuffer; reserved_to: number; tail_seq: number }
      | undefined;
    return found ? { id: textOf(found.id), reservedTo: found.reserved_to, tailSeq: found.tail_seq } : null;
  }

  function transact(work: () => void, options: WriteOptions = { synced: true }): void {
    if (synced !== options.synced) setSynced(db, options.synced);
    synced = options.synced;
    inTransaction(db, work);
  }

  /** Of what was published. */
  function countByPublisher(): Map<string, number> {
    const rows = db
      .prepare(
        "SELECT CAST(publisher AS BLOB) AS publisher, count(*) AS n FROM lasting WHERE publisher <> '' GROUP BY lasting.publisher",
      )
      .all() as { publisher: ArrayBuffer; n: number }[];
    return new Map(rows.map(({ publisher, n }) => [Buffer.from(publisher).toString(), n]));
  }

  function keepNewest(publisher: string, most: number): void {
    const of = publisher === '' ? "publisher = ''" : "publisher = ? AND publisher <> ''";
    const given = publisher === '' ? [] : [publisher];
    db.prepare(
      `DELETE FROM lasting WHERE ${of} AND seq <= (
        SELECT seq FROM lasting WHERE ${of} ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    ).run(...given, ...given, most);
  }

  function writeSamples(events: readonly LoggedEvent[]): void {
    for (let from = 0; from < events.length; from += eventsPerBatch) {
      const part = events.slice(from, from + eventsPerBatch);
      const [first, last] = [part[0], part.at(-1)];
      if (!first || !last) continue;
      const body = packBatch(part);
      insertBatch.run(last.seq, first.seq, first.t, last.t, packings.brotli, body, checksumOf(body));
    }
  }

  /** Nothing for a row that cannot be decoded: the others are still of use. */
  function unpack(row: BatchRow): LoggedEvent[] {
    const { first_seq, last_seq } = row;
    if (unreadable.has(last_seq)) return [];
    let events = unpacked.get(last_seq);
    try {
      events ??= unpackBatch(row);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unreadable.set(last_seq, { fromSeq: first_seq, toSeq: last_seq });
      return [];
    }
    unpacked.delete(last_seq);
    unpacked.set(last_seq, events);
    const [oldest] = unpacked.keys();
    if (unpacked.size > unpackedMax && oldest !== undefined) unpacked.delete(oldest);
    return events;
  }

  function readable(rows: readonly DurableRow[]): LoggedEvent[] {
    return readableRows(rows, lastingEvent, ({ seq }) => unreadable.set(seq, { fromSeq: seq, toSeq: seq }));
  }

  function writeReceipts(receipts: readonly KeptReceipt[]): void {
    for (const { name, fingerprint, firstSeq, count, t } of receipts)
      insertReceipt.run(name, fingerprint, firstSeq, count, t);
  }

  function readSamples(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (let at = afterSeq; events.length < limit; ) {
      const found = batchesAfter.get(at, beforeSeq, 1) as BatchRow | undefined;
      if (!found) break;
      for (const event of unpack(found)) {
        if (event.seq > afterSeq && event.seq < beforeSeq && events.length < limit) events.push(event);
      }
      at = found.last_seq;
    }
    return events;
  }

  /** Rows that can be read: while there are fewer than `limit`, more are asked for behind the last one. */
  function readRows(limit: number, ask: (last: DurableRow | null, most: number) => unknown[]): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (let last: DurableRow | null = null; events.length < limit; ) {
      const most = limit - events.length;
      const rows = ask(last, most) as DurableRow[];
      events.push(...readable(rows));
      last = rows.at(-1) ?? null;
      if (rows.length < most) break;
    }
    return events;
  }

  const readDurable = (afterSeq: number, toSeq: number, limit: number) =>
    readRows(limit, (last, most) => lastingAfter.all(last?.seq ?? afterSeq, toSeq, most));

  return {
    get row() {
      return row();
    },
    begin({ id, reservedTo, tailSeq }) {
      transact(() => {
        db.prepare('INSERT INTO log VALUES (1, ?, ?, ?)').run(id, reservedTo, tailSeq);
      });
    },
    reserve(reservedTo) {
      transact(() => {
        db.prepare('UPDATE log SET reserved_to = ?').run(reservedTo);
      });
    },
    write(events, options) {
      transact(() => {
        writeSamples(events.filter(({ type }) => isSampleType(type)));
        for (const { seq, type, host, t, json, publisher = '' } of events) {
          if (!isSampleType(type)) insertLasting.run(seq, type, host, t, json, publisher);
        }
        writeReceipts(options.receipts ?? []);
      }, options);
    },
    read(afterSeq, beforeSeq, limit) {
      const samples = readSamples(afterSeq, beforeSeq, limit);
      const lasting = readDurable(afterSeq, beforeSeq - 1, limit);
      if (lasting.length === 0) return samples;
      return [...samples, ...lasting].sort((one, other) => one.seq - other.seq).slice(0, limit);
    },
    readDurable,
    readDurableBefore: (beforeSeq, afterSeq, limit) =>
      readRows(limit, (last, most) => lastingBefore.all(last?.seq ?? beforeSeq, afterSeq, most)),
    readDurableByTime: ({ after, toT, fromSeq, toSeq, limit }) =>
      readRows(limit, (last, most) => {
        const { t, seq } = last ?? after;
        return lastingByTime.all(t, toT, t, seq, fromSeq, toSeq, most);
      }),
    countDurable: (afterSeq, toSeq) => (lastingCount.get(afterSeq, toSeq) as { n: number }).n,
    lastSeq() {
      const { n } = db
        .prepare(
          'SELECT max((SELECT coalesce(max(last_seq), 0) FROM batches), (SELECT coalesce(max(seq), 0) FROM lasting)) AS n',
        )
        .get() as { n: number };
      return Math.max(0, n);
    },
    batches() {
      return db
        .prepare(
          'SELECT first_seq AS firstSeq, last_seq AS lastSeq, first_t AS firstT, last_t AS lastT FROM batches ORDER BY last_seq',
        )
        .all() as BatchPlace[];
    },
    deleteBatches(toSeq) {
      transact(
        () => {
          db.prepare('DELETE FROM batches WHERE last_seq <= ?').run(toSeq);
          db.prepare('UPDATE log SET tail_seq = max(tail_seq, ?)').run(toSeq + 1);
        },
        { synced: false },
      );
      for (const lastSeq of unreadable.keys()) if (lastSeq <= toSeq) unreadable.delete(lastSeq);
    },
    durableTimes: () =>
      (
        db
          .prepare(
            `WITH RECURSIVE times (t) AS (
               SELECT min(t) FROM lasting
               UNION ALL
               SELECT (SELECT min(t) FROM lasting WHERE t >= times.t + 1800000) FROM times WHERE times.t IS NOT NULL
             ) SELECT t FROM times WHERE t IS NOT NULL`,
          )
          .all() as { t: number }[]
      ).map(({ t }) => t),
    receipt(keyName) {
      const found = findReceipt.get(keyName) as
        | (Omit<Receipt, 'fingerprint'> & { readonly fingerprint: ArrayBuffer })
        | undefined;
      // A damaged one says at least that the key was used.
      return found ? { ...found, fingerprint: Buffer.from(found.fingerprint).toString() } : null;
    },
    deleteDurable({ durableBefore, maxOwn, maxPublished, receiptsBefore, maxReceipts }) {
      transact(
        () => {
          db.prepare('DELETE FROM lasting WHERE t < ?').run(durableBefore);
          keepNewest('', maxOwn);
          for (const [publisher, most] of fairShare(countByPublisher(), maxPublished)) {
            keepNewest(publisher, most);
          }
          db.prepare('DELETE FROM receipts WHERE t < ?').run(receiptsBefore);
          db.prepare(
            'DELETE FROM receipts WHERE t <= (SELECT t FROM receipts ORDER BY t DESC LIMIT 1 OFFSET ?)',
          ).run(maxReceipts);
        },
        { synced: false },
      );
    },
    size() {
      const pages = (name: string) =>
        Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0] as number;
      const fileBytes = pages('page_count') * pages('page_size');
      return { fileBytes, usedBytes: fileBytes - pages('freelist_count') * pages('page_size') };
    },
    weights: () =>
      db
        .prepare(
          `SELECT (SELECT coalesce(sum(octet_length(body)), 0) FROM batches) AS samples,
            coalesce(sum(octet_length(json)) FILTER (WHERE publisher = ''), 0) AS own,
            coalesce(sum(octet_length(json)) FILTER (WHERE publisher <> ''), 0) AS published FROM lasting`,
        )
        .get() as { samples: number; own: number; published: number },
    deleteOldest(of, parts) {
      const [most] = [...countByPublisher()].sort(([, one], [, other]) => other - one);
      const own = () =>
        (db.prepare("SELECT count(*) AS n FROM lasting WHERE publisher = ''").get() as { n: number }).n;
      const [publisher, count] = of === 'own' ? ['', own()] : (most ?? ['', 0]);
      transact(
        () => {
          db.prepare(
            'DELETE FROM lasting WHERE seq IN (SELECT seq FROM lasting WHERE publisher = ? ORDER BY seq LIMIT ?)',
          ).run(publisher, Math.ceil(count / parts));
        },
        { synced: false },
      );
    },
    shrink() {
      db.exec('VACUUM');
    },
    gaps: () =>
      db
        .prepare('SELECT from_seq AS fromSeq, to_seq AS toSeq FROM holes ORDER BY to_seq')
        .all() as SeqRange[],
    addGaps(holes) {
      if (holes.length === 0) return;
      transact(() => {
        for (const { fromSeq, toSeq } of holes) insertHole.run(toSeq, fromSeq);
        db.prepare(
          'DELETE FROM holes WHERE to_seq <= (SELECT to_seq FROM holes ORDER BY to_seq DESC LIMIT 1 OFFSET ?)',
        ).run(holesMax);
      });
    },
    addReceipts(receipts) {
      if (receipts.length > 0) transact(() => writeReceipts(receipts));
    },
    customTypes: () =>
      readableRows(
        db
          .prepare(
            'SELECT CAST(name AS BLOB) AS name, CAST(publisher AS BLOB) AS publisher FROM invented_types',
          )
          .all() as { name: ArrayBuffer; publisher: ArrayBuffer }[],
        ({ name, publisher }): CustomType => ({ name: textOf(name), publisher: textOf(publisher) }),
        () => {},
      ),
    addCustomTypes(types) {
      transact(() => {
        for (const { name, publisher } of types) insertType.run(name, publisher);
      });
    },
    forgetUnusedTypes() {
      const unused = db
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
      transact(
        () => {
          const forget = db.prepare('DELETE FROM invented_types WHERE name = ?');
          for (const name of names) forget.run(name);
        },
        { synced: false },
      );
      return names;
    },
    unreadable,
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (path) => snapshotDatabase(db, path),
    close() {
      closeDatabase(db);
    },
  };
}
