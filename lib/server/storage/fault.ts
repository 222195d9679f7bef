import { accessSync, closeSync, constants, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RefusedFileError } from './data-folder';

/** What went wrong with a file, as text for the person who can repair it. */
export interface DiskFault {
  readonly text: string;
  /** The content is broken: waiting does not help. */
  readonly isCorrupt: boolean;
  /** The text names the file already: it may be another one than the database. */
  readonly namesFile?: boolean;
}

/** The more specific codes first: a code matches by its beginning. */
const texts: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  SQLITE_BUSY: 'another program holds a lock on it',
  SQLITE_LOCKED: 'another program holds a lock on it',
  SQLITE_READONLY: 'it may not be written',
  SQLITE_PERM: 'it may not be written',
  SQLITE_CANTOPEN: 'it cannot be opened',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory',
  ELOOP: 'its path has too many symbolic links',
  ENAMETOOLONG: 'its path is too long',
  EMFILE: 'too many files are open in this process',
  ENFILE: 'too many files are open on this machine',
  ENOMEM: 'there is no memory left',
  SQLITE_NOMEM: 'there is no memory left',
  EIO: 'the disk has failed (I/O error)',
  ESTALE: 'the network file system has lost it',
  SQLITE_IOERR_LOCK: 'its file system cannot lock files',
  SQLITE_PROTOCOL: 'its file system cannot lock files',
  SQLITE_IOERR: 'the disk has failed (I/O error)',
  SQLITE_CORRUPT: 'it is corrupt',
  SQLITE_NOTADB: 'it is not a database',
};

const corruptCodes = /^(SQLITE_CORRUPT|SQLITE_NOTADB)/;
/** SQLite's codes that do not name a cause. */
const vagueCodes = /^SQLITE_(CANTOPEN|READONLY|PERM|IOERR|FULL)/;

/** The fault as text. Where SQLite's code names no cause, the file system is asked about `path`. */
export function faultOf(error: unknown, path?: string): DiskFault {
  if (error instanceof RefusedFileError) return { text: error.message, isCorrupt: false, namesFile: true };
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  const own = typeof code === 'string' ? code : '';
  const cause = path !== undefined && vagueCodes.test(own) ? causeAt(path) : null;
  const known = textOf(cause ?? own) ?? textOf(own);
  return { text: known ?? message ?? String(error), isCorrupt: corruptCodes.test(own) };
}

function textOf(code: string): string | undefined {
  const known = Object.keys(texts).find((name) => code === name || code.startsWith(`${name}_`));
  return known === undefined ? undefined : texts[known];
}

const probeBytes = 8_192;

/** The code with which the file system refuses to open the file, or one beside it, for writing; `null` if it does not. */
function causeAt(path: string): string | null {
  const probe = join(dirname(path), `.hostbeat-probe-${process.pid}`);
  try {
    // Opening and closing it would drop the locks that this process holds on it.
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ENOENT') return code;
  }
  try {
    const file = openSync(probe, 'w', 0o600);
    try {
      writeSync(file, Buffer.alloc(probeBytes, 1));
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    return codeOf(error);
  } finally {
    try {
      rmSync(probe, { force: true });
    } catch {
      // It could not be made, either.
    }
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? null;

/**
 * Whether nobody can write the file, or make it where it is not there, this process or another. It is not opened:
 * closing it would drop the locks that this process holds on it.
 */
export function isOnReadOnlyFileSystem(path: string): boolean {
  for (const place of [path, dirname(path)]) {
    try {
      accessSync(place, constants.W_OK);
      return false;
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOENT') return code === 'EROFS';
    }
  }
  return false;
}
