import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

/** What the lock stands for is another process's. */
export class OwnedError extends Error {
  readonly code = 'owned';
}

/**
 * Takes the lock at `path` until `release`, or until the process ends, however it ends. Throws `OwnedError`. The
 * lock is SQLite's own, on a file of its own, so that the databases beside it may vanish and be made anew.
 */
export function takeOwnership(path: string): { release(): void } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    db.close();
    throw new OwnedError('another Hostbeat is using it', { cause });
  }
  return {
    release() {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}
