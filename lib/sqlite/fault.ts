/** What went wrong with a file, in words for the person who can mend it. */
export interface DiskFault {
  readonly words: string;
  /** The content is broken: waiting does not help. */
  readonly isCorrupt: boolean;
}

const words: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  ENOSPC: 'the disk is full',
  SQLITE_BUSY: 'another program holds a lock on it',
  SQLITE_LOCKED: 'another program holds a lock on it',
  SQLITE_READONLY: 'it may not be written',
  SQLITE_PERM: 'it may not be written',
  SQLITE_CANTOPEN: 'it cannot be opened',
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is not a directory',
  SQLITE_IOERR: 'the disk has failed',
  SQLITE_CORRUPT: 'it is corrupt',
  SQLITE_NOTADB: 'it is not a database',
};

/** zlib's and JSON's complaints are about what a row holds: no disk says so by itself. */
const corruptCodes = /^(SQLITE_CORRUPT|SQLITE_NOTADB|Z_)/;

export function faultOf(error: unknown): DiskFault {
  const { code, message } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  const text = typeof code === 'string' ? code : '';
  const known = Object.keys(words).find((name) => text === name || text.startsWith(`${name}_`));
  return {
    words: (known && words[known]) ?? message ?? String(error),
    isCorrupt: corruptCodes.test(text) || error instanceof SyntaxError,
  };
}
