import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { prepareFile } from './data-folder';

export interface DatabaseOptions {
  /** The schema, one step per version; `PRAGMA user_version` counts the steps taken. A released step never changes. */
  readonly migrations: readonly string[];
  /** The file grows no further than this; for tests of a full disk. */
  readonly maxPages?: number | undefined;
  /** Of a database that is not there yet; by default 4096. What is written is written by the page. */
  readonly pageBytes?: number;
  /**
   * No other process may open it until this one has ended: the index of its write-ahead log stays in memory, which
   * spares the disk a third.
   */
  readonly exclusive?: boolean;
  /** The write-ahead log goes to its place when it has grown by so many bytes. Default 4 MiB. */
  readonly checkpointBytes?: number;
  /** What is deleted is overwritten: it may be a secret. */
  readonly secureDelete?: boolean;
}

/** For databases of what people decided: a log that is lost takes little with it. */
export const smallCheckpointBytes = 64 * 1024;

const usualPageBytes = 4_096;
const usualCheckpointBytes = 4 * 1024 * 1024;

/** The database is of a Hostbeat that is newer than this one; it is left as it is. */
export class NewerSchemaError extends Error {
  readonly code = 'newer-schema';
}

/**
 * Opens and, where needed, makes or migrates the database at `path`, with a write-ahead log, so that only its owner may
 * read it. Throws what SQLite throws, with its `code`, and `RefusedFileError`. Nothing waits for a lock: that would hold every stream up, so callers try again.
 */
export function openDatabase(
  path: string,
  {
    migrations,
    maxPages,
    pageBytes = usualPageBytes,
    exclusive = false,
    checkpointBytes = usualCheckpointBytes,
    secureDelete = false,
  }: DatabaseOptions,
): Database.Database {
  prepareFile(path);
  const db = new Database(exclusive ? ownPath(path) : path, { timeout: 0 });
  try {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > migrations.length) {
      throw new NewerSchemaError(`it has schema ${version}, and this Hostbeat knows ${migrations.length}`);
    }
    db.pragma(`page_size = ${pageBytes}`);
    db.pragma('journal_mode = WAL');
    if (secureDelete) db.pragma('secure_delete = ON');
    const { page_size: found } = db.prepare('PRAGMA page_size').get() as { page_size: number };
    db.pragma(`wal_autocheckpoint = ${checkpointBytes / found}`);
    db.pragma('journal_size_limit = 1048576');
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue;
      inTransaction(db, () => db.exec(`${step}; PRAGMA user_version = ${index + 1}`));
    }
    if (maxPages !== undefined) db.pragma(`max_page_count = ${maxPages}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The path with SQLite's file system for one process alone; where that has none (Windows), others may open it too. */
function ownPath(path: string): string {
  return process.platform === 'win32' ? path : `${pathToFileURL(path).href}?vfs=unix-excl`;
}

/** All of `work` or nothing. */
export function inTransaction(db: Database.Database, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // A full disk has rolled it back already.
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Whether a commit waits for the disk. Without, a power cut may take the last commits, never the order of them. */
export function setSynced(db: Database.Database, synced: boolean): void {
  db.pragma(`synchronous = ${synced ? 'FULL' : 'NORMAL'}`);
}

/** Moves the write-ahead log into the database and empties it. Throws what SQLite throws. */
export function checkpointDatabase(db: Database.Database): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
}

/** Moves the write-ahead log into the database and does without one from here on. Throws if it cannot. */
export function endDatabaseLog(db: Database.Database): void {
  const { journal_mode: mode } = db.prepare('PRAGMA journal_mode = DELETE').get() as { journal_mode: string };
  if (mode !== 'delete') throw new Error('its write-ahead log is in use');
}

/** Writes all that the database holds to `path`, where nothing or an empty file is. Throws what SQLite throws. */
export function snapshotDatabase(db: Database.Database, path: string): void {
  db.prepare('VACUUM INTO ?').run(path);
}

export function closeDatabase(db: Database.Database): void {
  try {
    // Closing alone leaves the write-ahead log behind while statements live.
    checkpointDatabase(db);
  } finally {
    db.close();
  }
}
