import { lstatSync } from 'node:fs';
import Database from 'libsql';
import { prepareFile } from './data-folder';

/** What the lock stands for is another process's. */
export class OwnedError extends Error {
  readonly code = 'owned';
}

export interface Ownership {
  /** Whether the lock is still the file at its path: what was deleted keeps nobody out. */
  isCurrent(): boolean;
  release(): void;
}

/**
 * Takes the lock at `path` until `release`, or until the process ends, however it ends. Throws `OwnedError` when
 * another Hostbeat has it, and otherwise what SQLite or the file system throw. The lock is SQLite's own, on a file
 * of its own, so that the databases beside it may vanish and be made anew.
 */
export function takeOwnership(path: string): Ownership {
  prepareFile(path);
  const db = new Database(path, { timeout: 0 });
  try {
    // A journal on disk would need room there, and the lock is wanted on a full one as well.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    const isOwned = isHeldExclusively(db, cause);
    db.close();
    if (isOwned) throw new OwnedError('another Hostbeat is using it', { cause });
    throw cause;
  }
  const { ino } = lstatSync(path);
  return {
    isCurrent: () => lstatSync(path, { throwIfNoEntry: false })?.ino === ino,
    release() {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}

/** An owner's lock keeps readers out as well; a program that only reads the file, such as a backup, does not. */
function isHeldExclusively(db: Database.Database, cause: unknown): boolean {
  if (!isBusy(cause)) return false;
  try {
    db.prepare('PRAGMA schema_version').get();
    return false;
  } catch (error) {
    return isBusy(error);
  }
}

const isBusy = (error: unknown) => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY');
