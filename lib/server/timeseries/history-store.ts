import { crc32 } from 'node:zlib';
import type Database from 'libsql';
import type { GapCause } from '@/lib/protocol/history';
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
import { UnreadableError } from '@/lib/server/storage/unreadable';
import type { HostGap, MeasuredSpan } from './gap-detector';
import type { Run } from './gaps-between-runs';
import { migrations } from './migrations';

export interface MetricRow {
  readonly id: number;
  readonly host: string;
  readonly name: string;
  readonly unit: string;
  /** The address that published it, `?` where that is no longer known; empty for the host's own. */
  readonly publisher: string;
}

/** A block that is to be written or deleted. */
export interface BlockChange {
  /** Its tier's index, `level` in the table. */
  readonly tier: number;
  readonly start: number;
  /** `null` deletes it. */
  readonly body: Uint8Array | null;
}

/** A stored block, without its body. */
export interface BlockPlace {
  readonly tier: number;
  readonly start: number;
  readonly bytes: number;
}

export interface RollupPosition {
  readonly logId: string;
  readonly seq: number;
}

/** Changes to what is known of times in which nothing was measured. */
export interface GapChanges {
  readonly seen: readonly MeasuredSpan[];
  readonly gaps: readonly HostGap[];
  /** Stored gaps that are deleted: measured after all, or replaced in part. */
  readonly gone: readonly HostGap[];
}

/** What is written together. */
export interface HistoryChanges extends GapChanges {
  readonly position: RollupPosition;
  readonly metrics: readonly MetricRow[];
  /** Numbers of metrics that are forgotten. */
  readonly goneMetrics?: readonly number[];
  /** Written in this order. */
  readonly blocks: readonly BlockChange[];
}

/** Beyond these the oldest are forgotten. */
const gapsMax = 20_000;

interface RunRow {
  readonly boot_id: ArrayBuffer | null;
  readonly booted_at: number;
  readonly stopped_at: number | null;
}

interface GapRow {
  readonly from_t: number;
  readonly to_t: number;
  readonly cause: ArrayBuffer;
}

/** A row whose text is read as bytes: libsql would panic, and end the process, for text that is no UTF-8. */
type Bytes<Row, Text extends keyof Row> = Omit<Row, Text> & { readonly [Name in Text]: ArrayBuffer };

const metricRows = `SELECT id, CAST(host AS BLOB) AS host, CAST(name AS BLOB) AS name, CAST(unit AS BLOB) AS unit,
  CAST(publisher AS BLOB) AS publisher FROM metrics ORDER BY id`;
const seenRows = 'SELECT CAST(host AS BLOB) AS host, first_t AS first, last_t AS last FROM seen';

const lossyText = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('utf8');

interface BlockRow {
  readonly body: ArrayBuffer;
  readonly checksum: number | null;
}

/** History's tables. Every method is synchronous and throws what SQLite throws, with its `code`. */
export class HistoryStore implements Tables {
  readonly #db: Database.Database;
  readonly #body: Database.Statement;
  readonly #putBlock: Database.Statement;
  readonly #dropBlock: Database.Statement;
  readonly #putMetric: Database.Statement;
  readonly #dropMetric: Database.Statement;
  readonly #noteNumber: Database.Statement;
  readonly #putSeen: Database.Statement;
  readonly #addGap: Database.Statement;
  readonly #dropGap: Database.Statement;
  readonly #gapsIn: Database.Statement;
  readonly #lastGap: Database.Statement;
  readonly #trimGaps: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#body = db.prepare('SELECT body, checksum FROM blocks WHERE level = ? AND start = ?');
    this.#putBlock = db.prepare(
      `INSERT INTO blocks (level, start, body, checksum) VALUES (?, ?, ?, ?)
        ON CONFLICT (level, start) DO UPDATE SET body = excluded.body, checksum = excluded.checksum`,
    );
    this.#dropBlock = db.prepare('DELETE FROM blocks WHERE level = ? AND start = ?');
    this.#putMetric = db.prepare(
      'INSERT OR REPLACE INTO metrics (id, host, name, unit, publisher) VALUES (?, ?, ?, ?, ?)',
    );
    this.#dropMetric = db.prepare('DELETE FROM metrics WHERE id = ?');
    this.#noteNumber = db.prepare(
      'INSERT INTO metric_numbers VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET last = max(last, excluded.last)',
    );
    this.#putSeen = db.prepare('INSERT OR REPLACE INTO seen (host, first_t, last_t) VALUES (?, ?, ?)');
    this.#addGap = db.prepare('INSERT INTO outages (host, from_t, to_t, cause) VALUES (?, ?, ?, ?)');
    this.#dropGap = db.prepare('DELETE FROM outages WHERE host = ? AND from_t = ? AND to_t = ?');
    this.#gapsIn = db.prepare(
      'SELECT from_t, to_t, CAST(cause AS BLOB) AS cause FROM outages WHERE host = ? AND to_t > ? AND from_t < ? ORDER BY id DESC LIMIT ?',
    );
    this.#lastGap = db.prepare('SELECT max(to_t) AS t FROM outages WHERE host = ?');
    this.#trimGaps = db.prepare('DELETE FROM outages WHERE id <= (SELECT max(id) FROM outages) - ?');
  }

  /** Opens and, where needed, makes or migrates the database. `maxPages` is for tests of a full disk. */
  static open(path: string, maxPages?: number): HistoryStore {
    const db = openDatabase(path, { migrations, maxPages });
    try {
      // What a power cut takes is rolled up again from the log.
      setSynced(db, false);
      return new HistoryStore(db);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  rollupPosition(): RollupPosition | null {
    const row = this.#db.prepare('SELECT CAST(log_id AS BLOB) AS log_id, seq FROM folded').get() as
      | { log_id: ArrayBuffer; seq: number }
      | undefined;
    return row ? { logId: lossyText(row.log_id), seq: row.seq } : null;
  }

  /** A damaged one has what can be read of its name, and keeps its number. */
  metrics(): MetricRow[] {
    const rows = this.#db.prepare(metricRows).all() as Bytes<
      MetricRow,
      'host' | 'name' | 'unit' | 'publisher'
    >[];
    return rows.map(({ id, host, name, unit, publisher }) => ({
      id,
      host: lossyText(host),
      name: lossyText(name),
      unit: lossyText(unit),
      publisher: lossyText(publisher),
    }));
  }

  /** The highest number that a metric has had. */
  lastMetric(): number {
    const { n } = this.#db
      .prepare(
        'SELECT max(coalesce((SELECT last FROM metric_numbers), 0), coalesce((SELECT max(id) FROM metrics), 0)) AS n',
      )
      .get() as { n: number };
    return n;
  }

  seen(): MeasuredSpan[] {
    const rows = this.#db.prepare(seenRows).all() as Bytes<MeasuredSpan, 'host'>[];
    return rows.map(({ host, first, last }) => ({ host: lossyText(host), first, last }));
  }

  /** The run before this one, until `beginRun`. */
  run(): Run | null {
    const row = this.#db
      .prepare('SELECT CAST(boot_id AS BLOB) AS boot_id, booted_at, stopped_at FROM run')
      .get() as RunRow | undefined;
    if (!row) return null;
    const boot = { id: row.boot_id && lossyText(row.boot_id), at: row.booted_at };
    return { boot, stoppedAt: row.stopped_at };
  }

  beginRun({ boot, stoppedAt }: Run): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO run (only, boot_id, booted_at, stopped_at) VALUES (1, ?, ?, ?)')
      .run(boot.id, boot.at, stoppedAt);
  }

  /** This run is asked to stop at `t`: Unix ms. */
  endRun(t: number): void {
    this.#db.prepare('UPDATE run SET stopped_at = ?').run(t);
  }

  /** All of it in one transaction. */
  commit({ position, metrics, goneMetrics = [], blocks, ...gapChanges }: HistoryChanges): void {
    inTransaction(this.#db, () => {
      for (const id of goneMetrics) {
        this.#noteNumber.run(id);
        this.#dropMetric.run(id);
      }
      for (const { id, host, name, unit, publisher } of metrics)
        this.#putMetric.run(id, host, name, unit, publisher);
      for (const { tier, start, body } of blocks) {
        if (body) this.#putBlock.run(tier, start, body, crc32(body));
        else this.#dropBlock.run(tier, start);
      }
      this.#writeGapRows(gapChanges);
      this.#db
        .prepare('INSERT OR REPLACE INTO folded (only, log_id, seq) VALUES (1, ?, ?)')
        .run(position.logId, position.seq);
    });
  }

  writeGaps(changes: GapChanges): void {
    inTransaction(this.#db, () => this.#writeGapRows(changes));
  }

  /** Those that reach into `from` to `to` (exclusive), the oldest first; the newest `limit` of them. */
  gaps(host: string, from: number, to: number, limit: number): HostGap[] {
    const rows = this.#gapsIn.all(host, from, to, limit) as GapRow[];
    return rows
      .map((row) => ({ host, from: row.from_t, to: row.to_t, cause: lossyText(row.cause) as GapCause }))
      .sort((one, other) => one.from - other.from);
  }

  /** Where the latest gap of a host ends, Unix ms; `null` where it has none. */
  lastGapEnd(host: string): number | null {
    return (this.#lastGap.get(host) as { t: number | null }).t;
  }

  /** The body of a block. Throws `UnreadableError` for a damaged one. */
  block(tier: number, start: number): Uint8Array | null {
    const row = this.#body.get(tier, start) as BlockRow | undefined;
    if (!row) return null;
    const body = new Uint8Array(row.body);
    if (row.checksum !== null && row.checksum !== crc32(body)) {
      throw new UnreadableError('its checksum is wrong');
    }
    return body;
  }

  places(): BlockPlace[] {
    return this.#db
      .prepare('SELECT level AS tier, start, octet_length(body) AS bytes FROM blocks')
      .all() as BlockPlace[];
  }

  /** Bytes of the file, and of it in use. Free pages are used again before the file grows. */
  size(): DatabaseSize {
    return sizeOfDatabase(this.#db);
  }

  /** Gives free pages back to the file system; takes as long as writing all of the rest. */
  shrink(): void {
    this.#db.exec('VACUUM');
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

  #writeGapRows({ seen, gaps, gone }: GapChanges): void {
    for (const { host, from, to } of gone) this.#dropGap.run(host, from, to);
    for (const { host, first, last } of seen) this.#putSeen.run(host, first, last);
    for (const { host, from, to, cause } of gaps) this.#addGap.run(host, from, to, cause);
    if (gaps.length > 0) this.#trimGaps.run(gapsMax);
  }
}
