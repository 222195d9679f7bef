import { lstatSync } from 'node:fs';
import Database from 'libsql';
import { prepareFile } from './data-folder';

/** Another process holds the lock. */
export class OwnedError extends Error {
  readonly code = 'owned';
}

export interface Ownership {
  /** Whether the lock is still the file at its path: a deleted one keeps no other process out. */
  isCurrent(): boolean;
  release(): void;
}

/**
 * Takes the lock at `path` until `release` or the end of the process. Throws `OwnedError` when another Hostbeat has it,
 * and otherwise what SQLite or the file system throw. It is SQLite's lock on a file of its own, so that the databases
 * beside it may be deleted and made anew.
 */
export function takeOwnership(path: string): Ownership {
  prepareFile(path);
  const db = new Database(path, { timeout: 0 });
  try {
    // A journal on disk would need room, and a full disk must be locked as well.
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
