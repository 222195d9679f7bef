import { crc32 } from 'node:zlib';
import type Database from 'libsql';
import type { GapCause } from '@/lib/protocol/history';
import type { Tables } from '@/lib/server/storage/connection';
import {
  checkpointDatabase,
  closeDatabase,
  endDatabaseLog,
  inTransaction,
  openDatabase,
  setSynced,
  snapshotDatabase,
} from '@/lib/server/storage/database';
import { UnreadableError } from '@/lib/server/storage/unreadable';
import type { HostGap, MeasuredSpan } from './gap-detector';
import { migrations } from './migrations';
import type { Run } from './run';

export interface MetricRow {
  readonly id: number;
  readonly host: string;
  readonly name: string;
  readonly unit: string;
  /** Where it is published: an address, `?` where that is not known any more; empty for the host's own. */
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

/** What is known of times in which nothing was measured. */
export interface GapChanges {
  readonly seen: readonly MeasuredSpan[];
  readonly gaps: readonly HostGap[];
  /** Outages as they were written that are no more: measured after all, or told anew in part. */
  readonly gone: readonly HostGap[];
}

/** History's tables. Every method is synchronous and throws what SQLite throws, with its `code`. */
export interface HistoryStore extends Tables {
  rollupPosition(): RollupPosition | null;
  metrics(): MetricRow[];
  /** The highest number that a metric ever had. */
  lastMetric(): number;
  seen(): MeasuredSpan[];
  /** The run before this one, until `beginRun`. */
  run(): Run | null;
  beginRun(run: Run): void;
  /** This run has been told to stop. */
  endRun(t: number): void;
  /** All of it in one transaction, the blocks in this order. */
  commit(
    changes: {
      readonly position: RollupPosition;
      readonly metrics: readonly MetricRow[];
      /** Numbers whose names are forgotten. */
      readonly goneMetrics?: readonly number[];
      readonly blocks: readonly BlockChange[];
    } & GapChanges,
  ): void;
  writeGaps(change: GapChanges): void;
  /** Those that reach into `from` to `to` (without), the oldest first; the newest `limit` of them. */
  gaps(host: string, from: number, to: number, limit: number): HostGap[];
  /** Where the latest outage of a host ends, Unix ms; `null` where it had none. */
  lastGapEnd(host: string): number | null;
  /** Throws `UnreadableError` for a body that is not what was written. */
  block(tier: number, start: number): Uint8Array | null;
  places(): BlockPlace[];
  /** Of the file: all of it, and what is not free within it. */
  size(): { readonly fileBytes: number; readonly usedBytes: number };
  /** Gives free room back to the disk. */
  shrink(): void;
}

/** Beyond these the oldest are forgotten. */
const outagesMax = 20_000;

/** `maxPages` is for tests of a full disk. */
export function openHistoryStore(path: string, maxPages?: number): HistoryStore {
  const db = openDatabase(path, { migrations, maxPages });
  try {
    // What a power cut takes is rolled up again from the log.
    setSynced(db, false);
    return storeOf(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

interface RunRow {
  readonly boot_id: ArrayBuffer | null;
  readonly booted_at: number;
  readonly stopped_at: number | null;
}

interface OutageRow {
  readonly from_t: number;
  readonly to_t: number;
  readonly cause: ArrayBuffer;
}

/** A row whose text is read as bytes: read as text, what is no UTF-8 would end the process, since libsql panics. */
type Bytes<Row, Text extends keyof Row> = Omit<Row, Text> & { readonly [Name in Text]: ArrayBuffer };

const metricRows = `SELECT id, CAST(host AS BLOB) AS host, CAST(name AS BLOB) AS name, CAST(unit AS BLOB) AS unit,
  CAST(publisher AS BLOB) AS publisher FROM metrics ORDER BY id`;
const seenRows = 'SELECT CAST(host AS BLOB) AS host, first_t AS first, last_t AS last FROM seen';

const lossyText = (bytes: ArrayBuffer): string => Buffer.from(bytes).toString('utf8');

function storeOf(db: Database.Database): HistoryStore {
  const bodyOf = db.prepare('SELECT body, checksum FROM blocks WHERE level = ? AND start = ?');
  const upsert = db.prepare(
    `INSERT INTO blocks (level, start, body, checksum) VALUES (?, ?, ?, ?)
      ON CONFLICT (level, start) DO UPDATE SET body = excluded.body, checksum = excluded.checksum`,
  );
  const remove = db.prepare('DELETE FROM blocks WHERE level = ? AND start = ?');
  const addMetric = db.prepare(
    'INSERT OR REPLACE INTO metrics (id, host, name, unit, publisher) VALUES (?, ?, ?, ?, ?)',
  );
  const noteNumber = db.prepare(
    'INSERT INTO metric_numbers VALUES (1, ?) ON CONFLICT (only) DO UPDATE SET last = max(last, excluded.last)',
  );
  const dropMetric = db.prepare('DELETE FROM metrics WHERE id = ?');
  const setSeen = db.prepare('INSERT OR REPLACE INTO seen (host, first_t, last_t) VALUES (?, ?, ?)');
  const addOutage = db.prepare('INSERT INTO outages (host, from_t, to_t, cause) VALUES (?, ?, ?, ?)');
  const dropOutage = db.prepare('DELETE FROM outages WHERE host = ? AND from_t = ? AND to_t = ?');
  const lastOutage = db.prepare('SELECT max(to_t) AS t FROM outages WHERE host = ?');
  const trimOutages = db.prepare('DELETE FROM outages WHERE id <= (SELECT max(id) FROM outages) - ?');
  const outagesIn = db.prepare(
    'SELECT from_t, to_t, CAST(cause AS BLOB) AS cause FROM outages WHERE host = ? AND to_t > ? AND from_t < ? ORDER BY id DESC LIMIT ?',
  );

  function writeGapChanges({ seen, gaps, gone }: GapChanges): void {
    for (const { host, from, to } of gone) dropOutage.run(host, from, to);
    for (const { host, first, last } of seen) setSeen.run(host, first, last);
    for (const { host, from, to, cause } of gaps) addOutage.run(host, from, to, cause);
    if (gaps.length > 0) trimOutages.run(outagesMax);
  }

  return {
    rollupPosition() {
      const row = db.prepare('SELECT CAST(log_id AS BLOB) AS log_id, seq FROM folded').get() as
        | { log_id: ArrayBuffer; seq: number }
        | undefined;
      return row ? { logId: lossyText(row.log_id), seq: row.seq } : null;
    },
    // What is damaged is named by what is left of it, and keeps its number.
    metrics: () =>
      (db.prepare(metricRows).all() as Bytes<MetricRow, 'host' | 'name' | 'unit' | 'publisher'>[]).map(
        (row) => ({
          id: row.id,
          host: lossyText(row.host),
          name: lossyText(row.name),
          unit: lossyText(row.unit),
          publisher: lossyText(row.publisher),
        }),
      ),
    lastMetric: () =>
      (
        db
          .prepare(
            'SELECT max(coalesce((SELECT last FROM metric_numbers), 0), coalesce((SELECT max(id) FROM metrics), 0)) AS n',
          )
          .get() as { n: number }
      ).n,
    seen: () =>
      (db.prepare(seenRows).all() as Bytes<MeasuredSpan, 'host'>[]).map(({ host, first, last }) => ({
        host: lossyText(host),
        first,
        last,
      })),
    run() {
      const row = db
        .prepare('SELECT CAST(boot_id AS BLOB) AS boot_id, booted_at, stopped_at FROM run')
        .get() as RunRow | undefined;
      return row
        ? {
            boot: { id: row.boot_id && lossyText(row.boot_id), at: row.booted_at },
            stoppedAt: row.stopped_at,
          }
        : null;
    },
    beginRun({ boot, stoppedAt }) {
      db.prepare('INSERT OR REPLACE INTO run (only, boot_id, booted_at, stopped_at) VALUES (1, ?, ?, ?)').run(
        boot.id,
        boot.at,
        stoppedAt,
      );
    },
    endRun(t) {
      db.prepare('UPDATE run SET stopped_at = ?').run(t);
    },
    commit({ position, metrics, goneMetrics = [], blocks, ...gapChanges }) {
      inTransaction(db, () => {
        for (const id of goneMetrics) {
          noteNumber.run(id);
          dropMetric.run(id);
        }
        for (const { id, host, name, unit, publisher } of metrics)
          addMetric.run(id, host, name, unit, publisher);
        for (const { tier, start, body } of blocks) {
          if (body) upsert.run(tier, start, body, crc32(body));
          else remove.run(tier, start);
        }
        writeGapChanges(gapChanges);
        db.prepare('INSERT OR REPLACE INTO folded (only, log_id, seq) VALUES (1, ?, ?)').run(
          position.logId,
          position.seq,
        );
      });
    },
    writeGaps: (change) => inTransaction(db, () => writeGapChanges(change)),
    gaps(host, from, to, limit) {
      const rows = outagesIn.all(host, from, to, limit) as OutageRow[];
      return rows
        .map((row) => ({ host, from: row.from_t, to: row.to_t, cause: lossyText(row.cause) as GapCause }))
        .sort((one, other) => one.from - other.from);
    },
    lastGapEnd: (host) => (lastOutage.get(host) as { t: number | null }).t,
    block(tier, start) {
      const row = bodyOf.get(tier, start) as { body: ArrayBuffer; checksum: number | null } | undefined;
      if (!row) return null;
      const body = new Uint8Array(row.body);
      if (row.checksum !== null && row.checksum !== crc32(body)) {
        throw new UnreadableError('its checksum is wrong');
      }
      return body;
    },
    places: () =>
      db
        .prepare('SELECT level AS tier, start, octet_length(body) AS bytes FROM blocks')
        .all() as BlockPlace[],
    size() {
      const pages = (name: string) =>
        Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0] as number;
      const fileBytes = pages('page_count') * pages('page_size');
      return { fileBytes, usedBytes: fileBytes - pages('freelist_count') * pages('page_size') };
    },
    shrink() {
      db.exec('VACUUM');
    },
    checkpoint: () => checkpointDatabase(db),
    endLog: () => endDatabaseLog(db),
    snapshot: (path) => snapshotDatabase(db, path),
    close() {
      closeDatabase(db);
    },
  };
}
