import { copyFileSync, lstatSync, renameSync, rmSync } from 'node:fs';
import type { Clock } from '@/lib/server/concurrency/clock';
import { prepareFile } from './data-folder';
import { type Files, filesOf, isSameFile, type Loss, lossBetween } from './database-files';
import { isOnReadOnlyFileSystem } from './fault';
import { nameAside, setAside } from './set-aside';

/** An open database as its owner sees it. Every method is synchronous and throws what SQLite throws. */
export interface Tables {
  /** Moves the write-ahead log into the database and empties it. */
  checkpoint(): void;
  /** Writes a whole copy to `path`, where nothing or an empty file is. */
  snapshot(path: string): void;
  /** Moves the write-ahead log into the database and switches it off. Throws if it cannot. */
  endLog(): void;
  close(): void;
}

export interface ConnectionOptions<T extends Tables> {
  readonly path: string;
  /** Opens and, where needed, makes and migrates the database. Throws. */
  readonly open: (path: string) => T;
  /** Unix ms, for names. */
  readonly clock: Clock;
}

/**
 * Connections that must not be closed: closing would write a broken write-ahead log over a sound database, or delete the
 * write-ahead log of a new one.
 */
const abandoned: Tables[] = [];

/**
 * The connection to a database, and its files as they were after the last use. Other programs may change the files
 * while it is open; what it can still read is then written to their place.
 */
export class Connection<T extends Tables> {
  readonly #options: ConnectionOptions<T>;
  #tables: T | null = null;
  #files: Files | null = null;
  /** A connection that was opened where nothing could be written stays so. */
  #isReadOnly = false;

  constructor(options: ConnectionOptions<T>) {
    this.#options = options;
  }

  /** `null` while it is closed. */
  get tables(): T | null {
    return this.#tables;
  }

  get isReadOnly(): boolean {
    return this.#isReadOnly;
  }

  /** Writing has failed as in a read-only file. */
  noteReadOnly(): void {
    this.#isReadOnly = true;
  }

  /** Whether the file at the path is another than the one that was open last. Throws. */
  isReplaced(): boolean {
    const found = filesOf(this.#options.path);
    return this.#files !== null && found !== null && !isSameFile(this.#files, found);
  }

  /** Throws. */
  open(): T {
    if (this.#tables) return this.#tables;
    const { path, open } = this.#options;
    prepareFile(path);
    this.#isReadOnly = isOnReadOnlyFileSystem(path);
    this.#tables = open(path);
    this.#files = filesOf(path);
    return this.#tables;
  }

  /** What another program did to the files since `remember`; after work of our own they may have become smaller. */
  loss({ afterOwnWork }: { readonly afterOwnWork: boolean }): Loss | null {
    const { path } = this.#options;
    const found = this.#currentFiles();
    if (!this.#tables || !this.#files || found === 'unknown') return null;
    return lossBetween(this.#files, found, { path, afterOwnWork });
  }

  /** The files are as our own work has left them. */
  remember(): void {
    const found = this.#currentFiles();
    if (this.#tables && found && found !== 'unknown') this.#files = found;
  }

  /** Moves the files out of the way and returns their new name; `null` when nothing is there. Throws. */
  setAside(why: string): string | null {
    const { path, clock } = this.#options;
    const name = setAside(path, new Date(clock.wallMs()), why);
    this.#files = null;
    return name;
  }

  /**
   * Writes a copy of what the connection still reads to the path, since its files are gone from there. `onForeign` sets
   * aside what has taken their place. Throws.
   */
  writeAnew(onForeign: (() => void) | null): void {
    const { path } = this.#options;
    const copy = `${path}.rescued`;
    rmSync(copy, { force: true });
    prepareFile(copy);
    this.#tables?.snapshot(copy);
    if (onForeign) {
      // SQLite would apply our own write-ahead log to the other database.
      const wal = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
      if (wal?.ino === this.#files?.wal?.inode) rmSync(`${path}-wal`, { force: true });
      onForeign();
    }
    this.release();
    // SQLite would take remaining files for those of the copy.
    for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
    renameSync(copy, path);
    this.#files = filesOf(path);
  }

  /** Saves the content of a deleted write-ahead log, which the connection still has open. Throws. */
  keepDeletedWal(): void {
    const { path, clock } = this.#options;
    if (lstatSync(`${path}-wal`, { throwIfNoEntry: false })) {
      renameSync(`${path}-wal`, nameAside(`${path}-wal`, 'replaced', new Date(clock.wallMs())));
    }
    this.#tables?.checkpoint();
    this.release();
    this.#files = filesOf(path);
  }

  /**
   * The files are cut short. Closing the connection would write the rest of its write-ahead log over the database, so it is
   * never closed. Sets the files aside and returns their new name, or `null`; with `isCopied`, a copy takes their place. Throws.
   */
  abandon(isCopied: boolean): string | null {
    if (this.#tables) abandoned.push(this.#tables);
    this.#tables = null;
    const name = this.setAside('cut-short');
    if (name === null || !isCopied) return name;
    // The database as of its last checkpoint.
    copyFileSync(name, this.#options.path);
    this.#files = filesOf(this.#options.path);
    return name;
  }

  /**
   * Closes the connection at once. SQLite would wait until the last statement is garbage-collected, and then delete the
   * write-ahead log by its name, which the next connection may use by then.
   */
  release(): void {
    const tables = this.#tables;
    this.#tables = null;
    try {
      tables?.endLog();
      tables?.close();
    } catch {
      if (tables) abandoned.push(tables);
    }
  }

  /** Closes it and leaves its write-ahead log to the next start. */
  close(): void {
    try {
      this.#tables?.close();
    } catch {
      // Its content is in the write-ahead log.
    }
    this.#tables = null;
  }

  /** Closes a read-only connection whose file has become writable. */
  closeIfWritable(): void {
    if (!this.#isReadOnly || isOnReadOnlyFileSystem(this.#options.path)) return;
    this.#isReadOnly = false;
    this.close();
  }

  #currentFiles(): Files | null | 'unknown' {
    try {
      return filesOf(this.#options.path);
    } catch {
      // The folder cannot be looked into; writing reports why.
      return 'unknown';
    }
  }
}
