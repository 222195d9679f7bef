import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/** The data directory is another process's. */
export class OwnedError extends Error {
  readonly code = 'owned';
}

/**
 * Makes the data directory this process's until `release`, or until the process ends, however it ends. Two
 * writers would give out the same ids. The lock is SQLite's own, on a file of its own, so that the database
 * itself stays open to backups and to `sqlite3`.
 */
export function takeOwnership(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const db = new Database(join(dataDir, 'hostbeat.lock'), { timeout: 0 });
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
