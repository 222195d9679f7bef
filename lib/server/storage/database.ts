import { lstatSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { prepareFile } from './data-folder';
import { isOnReadOnlyFileSystem } from './fault';

export interface DatabaseOptions {
  /** The schema, one step per version; `PRAGMA user_version` counts the steps taken. A released step never changes. */
  readonly migrations: readonly string[];
  /** The file grows no further than this; for tests of a full disk. */
  readonly maxPages?: number | undefined;
  /** Of a database that is not there yet; by default 4096. What is written is written by the page. */
  readonly pageBytes?: number;
  /**
   * No other process may open it until this one has ended: the index of its write-ahead log stays in memory, which
   * spares the disk a third. It is shared where another program has it open already.
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
  const isReadOnly = isOnReadOnlyFileSystem(path);
  const db = isReadOnly ? connectReadOnly(path) : connect(path, exclusive);
  try {
    const version = versionOf(db);
    if (version > migrations.length) {
      throw new NewerSchemaError(`it has schema ${version}, and this Hostbeat knows ${migrations.length}`);
    }
    if (isReadOnly && version === migrations.length) return db;
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

const versionOf = (db: Database.Database) =>
  (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

/** Exclusive where that can be had: what another program has open can still be shared with it. */
function connect(path: string, exclusive: boolean): Database.Database {
  if (!exclusive) return new Database(path, { timeout: 0 });
  const db = new Database(ownPath(path), { timeout: 0 });
  try {
    versionOf(db);
    return db;
  } catch (error) {
    db.close();
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) throw error;
    return new Database(path, { timeout: 0 });
  }
}

/**
 * Without locks, and without the index file of the write-ahead log: SQLite shares that between all connections of a
 * process, and one that could not be written stays so until the last statement on it has been collected.
 */
function connectReadOnly(path: string): Database.Database {
  const { href } = pathToFileURL(path);
  const isThere = (end: string) => (lstatSync(path + end, { throwIfNoEntry: false })?.size ?? 0) > 0;
  // What a rollback journal holds must be undone first, which SQLite refuses here by itself.
  if (process.platform === 'win32' || isThere('-journal')) return new Database(path, { timeout: 0 });
  if (!isThere('-wal')) return new Database(`${href}?immutable=1`, { timeout: 0 });
  const db = new Database(`${href}?vfs=unix-none&mode=ro`, { timeout: 0 });
  db.pragma('locking_mode = EXCLUSIVE');
  return db;
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
