import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Something in the data folder that Hostbeat does not open: a link, or a file of another user. */
export class RefusedFileError extends Error {
  readonly code = 'refused-file';
}

/** The ends of the names of a database's files. */
export const fileEnds = ['', '-wal', '-shm', '-journal'] as const;

const folderMode = 0o700;
const fileMode = 0o600;

/**
 * Makes sure that `path`, with SQLite's files beside it, is a file that only its owner may read, in a folder that only its
 * owner may enter, whatever the umask. The folder's own path may go through symbolic links. Throws `RefusedFileError`
 * for links and other users' files, else what the file system throws.
 */
export function prepareFile(path: string): void {
  prepareFolder(dirname(path));
  let isThere = false;
  for (const end of fileEnds) isThere = tighten(path + end) || isThere;
  if (!isThere || !exists(path)) createFile(path);
}

function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: folderMode });
  const stats = statSync(folder);
  // A volume may be root's, with rights for a group: that is its administrator's decision.
  if (isForeign(stats) && stats.uid !== 0) throw refused(folder, ownerText(stats));
  if ((stats.mode & 0o777) !== folderMode && !isForeign(stats)) chmodIfPossible(folder, folderMode);
}

/** Whether there is such a file. */
function tighten(path: string): boolean {
  const stats = exists(path);
  if (!stats) return false;
  if (stats.isSymbolicLink()) throw refused(path, 'it is a symbolic link');
  if (stats.isDirectory()) throw refused(path, 'it is a directory');
  if (!stats.isFile()) throw refused(path, 'it is not a regular file');
  if (isForeign(stats)) throw refused(path, ownerText(stats));
  if ((stats.mode & 0o777) !== fileMode) chmodIfPossible(path, fileMode);
  return true;
}

function createFile(path: string): void {
  const file = openSync(path, constants.O_CREAT | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0), fileMode);
  try {
    if (process.platform !== 'win32') fchmodSync(file, fileMode);
  } finally {
    closeSync(file);
  }
}

function exists(path: string): Stats | null {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

/** Some file systems have no permissions (FAT), and read-only ones change none. */
function chmodIfPossible(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch {
    // If it matters, SQLite fails.
  }
}

function isForeign({ uid }: Stats): boolean {
  const own = process.geteuid?.();
  return own !== undefined && uid !== own;
}

const ownerText = ({ uid }: Stats) => `it belongs to another user (uid ${uid})`;

function refused(path: string, why: string): RefusedFileError {
  return new RefusedFileError(`${path}: ${why}, which is refused`);
}
