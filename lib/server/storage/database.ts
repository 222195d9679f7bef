import { lstatSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { prepareFile } from './data-folder';
import { isOnReadOnlyFileSystem } from './fault';

export interface DatabaseOptions {
  /** The schema, one step per version; `PRAGMA user_version` counts the steps taken. A released step never changes. */
  readonly migrations: readonly string[];
  /** The file does not grow beyond this; for tests of a full disk. */
  readonly maxPages?: number | undefined;
  /** Of a new database. Default 4096. SQLite writes whole pages. */
  readonly pageBytes?: number;
  /**
   * No other process may open it until this one has ended: the index of its write-ahead log stays in memory, which
   * spares the disk a third. It is shared where another program has it open already.
   */
  readonly exclusive?: boolean;
  /** The write-ahead log is moved into the database after so many bytes. Default 4 MiB. */
  readonly checkpointBytes?: number;
  /** Deleted rows are overwritten, since they may hold secrets. */
  readonly secureDelete?: boolean;
}

/** For databases of users' settings: little is lost with a write-ahead log. */
export const smallCheckpointBytes = 64 * 1024;

const usualPageBytes = 4_096;
const usualCheckpointBytes = 4 * 1024 * 1024;

/** The database was made by a newer Hostbeat; it is left as it is. */
export class NewerSchemaError extends Error {
  readonly code = 'newer-schema';
}

/**
 * Opens and, where needed, makes or migrates the database at `path`, with a write-ahead log, readable by its owner alone.
 * Throws what SQLite throws, with its `code`, and `RefusedFileError`. It never waits for a lock, which would stall every
 * stream: callers retry.
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

/** Exclusive if possible; shared where another program has it open. */
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
  // A rollback journal must be applied first, which SQLite refuses here by itself.
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

/** Whether a commit waits for the disk. Without, a power cut may lose the last commits, never earlier ones alone. */
export function setSynced(db: Database.Database, synced: boolean): void {
  db.pragma(`synchronous = ${synced ? 'FULL' : 'NORMAL'}`);
}

export interface DatabaseSize {
  readonly fileBytes: number;
  readonly usedBytes: number;
}

/** Bytes of the file, and of it in use. Free pages are used again before the file grows. */
export function sizeOfDatabase(db: Database.Database): DatabaseSize {
  const pages = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0] as number;
  const fileBytes = pages('page_count') * pages('page_size');
  return { fileBytes, usedBytes: fileBytes - pages('freelist_count') * pages('page_size') };
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

/** Writes a copy of the database to `path`, where nothing or an empty file is. Throws what SQLite throws. */
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
