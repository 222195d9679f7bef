import type Database from 'libsql';
import { closeDatabase, inTransaction, openDatabase, setSynced } from '@/lib/sqlite/database';

const migrations: readonly string[] = [
  `
  -- One row: which log has been folded into the blocks, and how far.
  CREATE TABLE folded (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    log_id TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE metrics (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    UNIQUE (host, name)
  ) STRICT;

  CREATE TABLE blocks (
    id INTEGER PRIMARY KEY,
    level INTEGER NOT NULL,
    start INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (level, start)
  ) STRICT;
  `,
];

export interface MetricRow {
  readonly id: number;
  readonly host: string;
  readonly name: string;
  readonly unit: string;
}

/** A block that is to be written or deleted. */
export interface BlockChange {
  readonly level: number;
  readonly start: number;
  /** `null` deletes it. */
  readonly body: Uint8Array | null;
}

export interface Folded {
  readonly logId: string;
  readonly seq: number;
}

/** History's tables. Every method is synchronous and throws what SQLite throws, with its `code`. */
export interface HistoryStore {
  folded(): Folded | null;
  metrics(): MetricRow[];
  /** All of it in one transaction. */
  commit(changes: {
    readonly folded: Folded;
    readonly metrics: readonly MetricRow[];
    readonly blocks: readonly BlockChange[];
  }): void;
  block(level: number, start: number): Uint8Array | null;
  /** The starts of the blocks of a level in `from` to `to` (without), in order. */
  starts(level: number, from: number, to: number): number[];
  sizes(): { level: number; blocks: number; bytes: number }[];
  close(): void;
}

export function openHistoryStore(path: string): HistoryStore {
  const db = openDatabase(path, { migrations });
  try {
    // What a power cut takes is folded again from the log.
    setSynced(db, false);
    return storeOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOf(db: Database.Database): HistoryStore {
  const bodyOf = db.prepare('SELECT body FROM blocks WHERE level = ? AND start = ?');
  const startsOf = db.prepare(
    'SELECT start FROM blocks WHERE level = ? AND start >= ? AND start < ? ORDER BY start',
  );
  const upsert = db.prepare(
    'INSERT INTO blocks (level, start, body) VALUES (?, ?, ?) ON CONFLICT (level, start) DO UPDATE SET body = excluded.body',
  );
  const remove = db.prepare('DELETE FROM blocks WHERE level = ? AND start = ?');
  const addMetric = db.prepare('INSERT OR REPLACE INTO metrics (id, host, name, unit) VALUES (?, ?, ?, ?)');

  return {
    folded() {
      const row = db.prepare('SELECT log_id, seq FROM folded').get() as
        | { log_id: string; seq: number }
        | undefined;
      return row ? { logId: row.log_id, seq: row.seq } : null;
    },
    metrics: () => db.prepare('SELECT id, host, name, unit FROM metrics ORDER BY id').all() as MetricRow[],
    commit({ folded, metrics, blocks }) {
      inTransaction(db, () => {
        for (const { id, host, name, unit } of metrics) addMetric.run(id, host, name, unit);
        for (const { level, start, body } of blocks) {
          if (body) upsert.run(level, start, body);
          else remove.run(level, start);
        }
        db.prepare('INSERT OR REPLACE INTO folded (only, log_id, seq) VALUES (1, ?, ?)').run(
          folded.logId,
          folded.seq,
        );
      });
    },
    block(level, start) {
      const row = bodyOf.get(level, start) as { body: ArrayBuffer } | undefined;
      return row ? new Uint8Array(row.body) : null;
    },
    starts: (level, from, to) =>
      (startsOf.all(level, from, to) as { start: number }[]).map(({ start }) => start),
    sizes: () =>
      db
        .prepare(
          'SELECT level, count(*) AS blocks, sum(octet_length(body)) AS bytes FROM blocks GROUP BY level',
        )
        .all() as { level: number; blocks: number; bytes: number }[],
    close() {
      closeDatabase(db);
    },
  };
}
