import { lstatSync, readFileSync } from 'node:fs';

export const lossTexts = {
  deleted: 'it was deleted',
  replaced: 'it was replaced',
  changed: 'it was changed by another program',
  cutShort: 'it was cut short',
  logGone: 'its write-ahead log was deleted',
  logCutShort: 'its write-ahead log was cut short',
} as const;

/** What another program did to the files of an open database. */
export type Loss = keyof typeof lossTexts;

/** The files of a database after a use; a difference before the next use was made by another program. */
export interface Files {
  readonly device: number;
  readonly inode: number;
  readonly bytes: number;
  /** Nobody else writes to it, so this changes with our own work alone. */
  readonly changedMs: number;
  readonly wal: { readonly inode: number; readonly bytes: number } | null;
}

/** Where the index of a write-ahead log counts its frames (SQLite's "WAL-Index Header", mxFrame). */
const frameCountAt = 16;

/** Whether another program has moved the log into the database, as a backup may; by SQLite's index of the log. */
function isLogEmpty(path: string): boolean {
  try {
    const index = readFileSync(`${path}-shm`);
    return index.length > frameCountAt + 4 && index.readUInt32LE(frameCountAt) === 0;
  } catch {
    return false;
  }
}

/** `null` where there is no database at `path`. Throws what the file system throws. */
export function filesOf(path: string): Files | null {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (!file) return null;
  const wal = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
  return {
    device: file.dev,
    inode: file.ino,
    bytes: file.size,
    changedMs: file.mtimeMs,
    wal: wal ? { inode: wal.ino, bytes: wal.size } : null,
  };
}

export const isSameFile = (one: Files, other: Files) =>
  one.device === other.device && one.inode === other.inode;

/** What another program did between two states of the files; after work of our own they may have become smaller. */
export function lossBetween(
  known: Files,
  found: Files | null,
  { path, afterOwnWork }: { readonly path: string; readonly afterOwnWork: boolean },
): Loss | null {
  if (!found) return 'deleted';
  if (!isSameFile(known, found)) return 'replaced';
  if (known.wal && found.wal?.inode !== known.wal.inode) return 'logGone';
  if (afterOwnWork) return null;
  if (found.bytes < known.bytes) return 'cutShort';
  const isShorter = known.wal !== null && (found.wal?.bytes ?? 0) < known.wal.bytes;
  if (isShorter && !isLogEmpty(path)) return 'logCutShort';
  return found.changedMs === known.changedMs ? null : 'changed';
}
