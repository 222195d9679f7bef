import { copyFileSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { prepareFile } from './data-folder';
import { type Files, filesOf, isSameFile, type Loss, lossBetween, lossWords } from './database-files';
import { type DiskFault, faultOf, isOnReadOnlyFileSystem } from './fault';
import { isMarkedMade, markMade, nameAside, setAside } from './set-aside';

/** An open database as its owner sees it. Every method is synchronous and throws what SQLite throws. */
export interface Tables {
  /** Moves the write-ahead log into the database and empties it. */
  checkpoint(): void;
  /** Writes a whole copy to `path`, where nothing or an empty file is. */
  snapshot(path: string): void;
  /** Moves the write-ahead log into the database and does without one from here on. Throws if it cannot. */
  endLog(): void;
  close(): void;
}

/**
 * Called with the new name of a database that was set aside, and the reason. Where nothing was left of it to keep,
 * `isKept` is `false` and `name` is where it was.
 */
export type OnSetAside = (name: string, reason: string, isKept: boolean) => void;

export interface SupervisedOptions<T extends Tables> {
  readonly path: string;
  /** What it holds, as the subject of "… lost": `the channels are`. */
  readonly holds: string;
  /** Opens and, where needed, makes and migrates the database. Throws. */
  readonly open: (path: string) => T;
  /**
   * Takes up what the first database that could be opened holds; `true` when it lacks something by now. Throws what
   * SQLite throws, and is then asked again.
   */
  readonly adopt: (tables: T) => boolean;
  /** Writes all that memory has and a database may lack, after a fault or into a new one. Throws what SQLite throws. */
  readonly refresh: (tables: T) => void;
  /** Why the database may not be opened now, in words; `null` when it may. */
  readonly heldBack?: (() => string | null) | undefined;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
  /** Unix ms, for names. */
  readonly now?: (() => number) | undefined;
  /** How long after a fault it is tried again; each further time doubles it, up to 15 s. Default 1 s. */
  readonly retryMs?: number | undefined;
}

/** The files of a healthy database are checked this often. */
const checkEveryMs = 2_000;
const defaultRetryMs = 1_000;
const longestRetryMs = 15_000;

/** Connections that must not be closed: that would write a broken log over a sound database, or delete a new one's log. */
const abandoned: Tables[] = [];

/**
 * A database that copes with faults. Nothing here throws: a fault becomes `problem`, work that it prevents returns
 * `false`, and it heals by itself. Files that are deleted or replaced while it is open are noticed and
 * written anew from the open connection; what is corrupt or foreign is set aside and never deleted.
 */
export class SupervisedDatabase<T extends Tables> {
  readonly #options: SupervisedOptions<T>;
  #tables: T | null = null;
  #files: Files | null = null;
  #fault: DiskFault | null = null;
  #isAdopted = false;
  #loss: string | null = null;
  #isLossNoted = false;
  #isMarked = false;
  /** Whether memory may have what the database lacks. */
  #isBehind = false;
  /** While the callbacks run: what they write besides is left to `refresh`. */
  #isBusy = false;
  /** A connection that was opened where nothing could be written stays so. */
  #isReadOnly = false;
  #retryMs: number;
  /** Monotonic. */
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SupervisedOptions<T>) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? defaultRetryMs;
    this.heal();
  }

  /** What is wrong, with the file's name and the cause; `null` when nothing is. */
  get problem(): string | null {
    if (!this.#fault) return null;
    const { words, namesFile } = this.#fault;
    return namesFile ? words : `${this.#options.path}: ${words}`;
  }

  /** That what earlier runs kept could not be had at the start, in words; `null` when it could, or is not missed. */
  get loss(): string | null {
    return this.#loss;
  }

  /** What was lost is there again, or is not missed. */
  forgetLoss(): void {
    this.#loss = null;
  }

  /** Whether `read` has what to read. */
  get isReadable(): boolean {
    return this.#tables !== null && this.#isAdopted;
  }

  /** Whether what an earlier run kept is known by now, or is known to be lost. */
  get isAdopted(): boolean {
    return this.#isAdopted;
  }

  /** What is open and taken up; `null` while nothing can be read. For `read`'s use of several parts at once. */
  get tables(): T | null {
    return this.#isAdopted ? this.#tables : null;
  }

  /** The next work is preceded by `refresh`: there was too much to remember singly. */
  markBehind(): void {
    this.#isBehind = true;
  }

  /** What `work` gives, or `otherwise` while nothing can be read. */
  read<R>(work: (tables: T) => R, otherwise: R): R {
    if (!this.#tables || !this.#isAdopted) return otherwise;
    try {
      return work(this.#tables);
    } catch (error) {
      this.#fail(error);
      return otherwise;
    }
  }

  /**
   * Whether it was written. What was not has to be written by `refresh`, unless the caller drops it. During a fault it
   * is retried no more often than `heal` does by itself.
   */
  write(work: (tables: T) => void): boolean {
    return this.#write(work, false);
  }

  /**
   * The same for a user's change: after `true` it is in the database itself and not only in its write-ahead log, and
   * deleted rows are in neither. May run `work` twice.
   */
  change(work: (tables: T) => void): boolean {
    return this.#write(work, true);
  }

  /** Checks the files for losses and tries to repair faults. Whether the database works. */
  heal(): boolean {
    if (this.#isClosed) return false;
    const isReady = this.#ready() !== null;
    if (isReady) this.#retryMs = this.#options.retryMs ?? defaultRetryMs;
    else this.#retryMs = Math.min(longestRetryMs, this.#retryMs * 2);
    this.#schedule();
    return isReady;
  }

  /** `last` is written before it closes. */
  close(last?: (tables: T) => void): void {
    // What was deleted just before is written anew: nothing looks again.
    if (this.#tables && this.#ready() && last) this.write(last);
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    try {
      this.#tables?.close();
    } catch {
      // What it holds is in its log, and taken up by the next start.
    }
    this.#tables = null;
  }

  #write(work: (tables: T) => void, isUsers: boolean): boolean {
    const isTooSoon = this.#fault !== null && performance.now() - this.#triedAtMs < this.#retryMs;
    if (isTooSoon && !isUsers) {
      this.#isBehind = true;
      return false;
    }
    // Twice: the first may find that the database is lost or corrupt, which is repaired at once.
    for (let tries = 0; tries < 2; tries += 1) {
      const tables = this.#ready();
      if (!tables) return false;
      try {
        work(tables);
        if (!isUsers) {
          this.#remember();
          return true;
        }
        checkpoint(tables);
        if (this.#lossOf('after') === null) {
          this.#remember();
          return true;
        }
      } catch (error) {
        this.#fail(error);
        if (this.#tables) return false;
      }
    }
    return false;
  }

  /** The database, open and with all that memory has; `null` when that cannot be had. */
  #ready(): T | null {
    if (this.#isBusy) {
      this.#isBehind = true;
      return null;
    }
    this.#isBusy = true;
    try {
      return this.#makeReady();
    } finally {
      this.#isBusy = false;
    }
  }

  #makeReady(): T | null {
    this.#triedAtMs = performance.now();
    if (this.#isReadOnly && !isOnReadOnlyFileSystem(this.#options.path)) this.#closeReadOnly();
    const loss = this.#lossOf('before');
    if (loss && !this.#repair(loss)) return null;
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2; tries += 1) {
      const reason = this.#tables ? null : (this.#options.heldBack?.() ?? null);
      if (reason !== null) {
        this.#setFault({ words: reason, isCorrupt: false });
        return null;
      }
      try {
        this.#tables ??= this.#open();
        if (!this.#isAdopted) {
          const isMissing = this.#options.adopt(this.#tables);
          this.#isBehind ||= isMissing;
          this.#isAdopted = true;
        }
        if (this.#isBehind) {
          this.#isBehind = false;
          this.#options.refresh(this.#tables);
        }
        this.#setFault(null);
        this.#remember();
        this.#mark();
        return this.#tables;
      } catch (error) {
        this.#fail(error);
        if (this.#tables || !faultOf(error).isCorrupt) return null;
      }
    }
    return null;
  }

  #open(): T {
    const { path } = this.#options;
    const found = filesOf(path);
    if (this.#files && found && !isSameFile(this.#files, found)) {
      this.#setAside('replaced', 'another file took its place');
    } else if (!this.#isAdopted && !found?.bytes)
      this.#lookForLoss(found ? 'it is empty' : 'it is not there');
    prepareFile(path);
    this.#isReadOnly = isOnReadOnlyFileSystem(path);
    const tables = this.#options.open(path);
    this.#files = filesOf(path);
    return tables;
  }

  #fail(error: unknown): void {
    const { path } = this.#options;
    const fault = faultOf(error, path);
    this.#isBehind = true;
    this.#isReadOnly ||= String((error as { code?: unknown }).code).startsWith('SQLITE_READONLY');
    if (!fault.isCorrupt) {
      this.#setFault(fault);
      return;
    }
    try {
      this.#release();
      this.#setAside('corrupt', fault.words);
      // Nothing in it can be read any more, so memory has all there is.
      this.#isAdopted = true;
    } catch (cause) {
      this.#setFault({
        ...fault,
        words: `${fault.words}, and it cannot be set aside: ${faultOf(cause).words}`,
      });
    }
  }

  #setAside(why: string, reason: string): void {
    const { path, now = Date.now } = this.#options;
    const name = setAside(path, new Date(now()), why);
    this.#files = null;
    this.#isBehind = true;
    this.#tellLoss(reason, name);
  }

  #tellLoss(reason: string, name: string | null): void {
    const { path, holds, onSetAside } = this.#options;
    if (!this.#isAdopted) {
      this.#isLossNoted = true;
      this.#loss = `${holds} lost: ${path}: ${reason}${name === null ? '' : `; it is now ${name}`}`;
    }
    onSetAside?.(name ?? path, reason, name !== null);
  }

  /** An empty database, or none, at the start is new, or else lost. SQLite would delete the log that is left of it. */
  #lookForLoss(found: string): void {
    const { path } = this.#options;
    const log = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
    const hasLog = log?.isFile() === true && log.size > 0;
    if (this.#isLossNoted || !(hasLog || isMarkedMade(path))) return;
    const reason = `${found}, and an earlier run has made it`;
    if (hasLog) this.#setAside('emptied', reason);
    else this.#tellLoss(reason, null);
  }

  /** Once: what is made from here on has had a header. */
  #mark(): void {
    if (this.#isMarked || this.#isReadOnly) return;
    this.#isMarked = true;
    markMade(this.#options.path);
  }

  /** What another program did to the files since the last check. */
  #lossOf(when: 'before' | 'after'): Loss | null {
    const known = this.#files;
    const found = this.#look();
    if (!this.#tables || !known || found === 'unknown') return null;
    return lossBetween(known, found, { path: this.#options.path, afterOwnWork: when === 'after' });
  }

  #look(): Files | null | 'unknown' {
    try {
      return filesOf(this.#options.path);
    } catch {
      // The folder cannot be looked into; writing says why.
      return 'unknown';
    }
  }

  /** Saves what the open connection can still read, and closes it. Whether that succeeded. */
  #repair(loss: Loss): boolean {
    const { path, onReport } = this.#options;
    try {
      if (loss === 'deleted' || loss === 'replaced') this.#writeAnew(loss);
      else if (loss === 'logGone') this.#keepLog();
      // What is in the file now is read anew.
      else if (loss === 'changed') this.#release();
      else this.#abandon(loss);
      this.#isBehind = true;
      onReport?.(`${path}: ${lossWords[loss]} while it was open`, path);
      return true;
    } catch (error) {
      const fault = faultOf(error, path);
      this.#setFault({
        ...fault,
        words: `${lossWords[loss]} while it was open, and cannot be written anew: ${fault.words}`,
      });
      // Else it is tried again, with the connection that has all of it.
      if (fault.isCorrupt) this.#release();
      return fault.isCorrupt;
    }
  }

  /** The connection still reads the files that are gone from the folder: a copy of them takes their place. */
  #writeAnew(loss: Loss): void {
    const { path } = this.#options;
    const copy = `${path}.rescued`;
    rmSync(copy, { force: true });
    prepareFile(copy);
    this.#tables?.snapshot(copy);
    if (loss === 'replaced') {
      // Our own log beside another's database would be taken for its own.
      const log = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
      if (log?.ino === this.#files?.wal?.inode) rmSync(`${path}-wal`, { force: true });
      this.#setAside('replaced', 'another file took its place');
    }
    this.#release();
    // What is left would be taken for the copy's.
    for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
    renameSync(copy, path);
    this.#files = filesOf(path);
  }

  /** The log is deleted, and the connection still has it: it goes into the database. */
  #keepLog(): void {
    const { path, now = Date.now } = this.#options;
    if (lstatSync(`${path}-wal`, { throwIfNoEntry: false })) {
      renameSync(`${path}-wal`, nameAside(`${path}-wal`, 'replaced', new Date(now())));
    }
    this.#tables?.checkpoint();
    this.#release();
    this.#files = filesOf(path);
  }

  /** What the log held is lost, and the connection would write its remains over the database, so it is never closed. */
  #abandon(loss: Loss): void {
    const { path, onSetAside, now = Date.now } = this.#options;
    if (this.#tables) abandoned.push(this.#tables);
    this.#tables = null;
    const name = setAside(path, new Date(now()), 'cut-short');
    onSetAside?.(name ?? path, `${lossWords[loss]} by another program`, name !== null);
    // The database as it was when its log was last moved into it.
    if (name !== null && loss === 'logCutShort') {
      copyFileSync(name, path);
      this.#files = filesOf(path);
    } else this.#files = null;
  }

  /**
   * Closes the connection, now: SQLite waits with that for the last statement to be collected, and then deletes the
   * log by its name, which may be that of the next connection by then.
   */
  #release(): void {
    const tables = this.#tables;
    this.#tables = null;
    try {
      tables?.endLog();
      tables?.close();
    } catch {
      if (tables) abandoned.push(tables);
    }
  }

  #closeReadOnly(): void {
    this.#isReadOnly = false;
    try {
      this.#tables?.close();
    } catch {
      // It has nothing to write.
    }
    this.#tables = null;
  }

  #remember(): void {
    const found = this.#look();
    if (this.#tables && found && found !== 'unknown') this.#files = found;
  }

  #setFault(fault: DiskFault | null): void {
    const before = this.problem;
    this.#fault = fault;
    const { path, onReport } = this.#options;
    if (this.problem === before) return;
    onReport?.(this.problem ?? `${path}: it can be used again`, path);
    if (fault) this.#schedule();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.heal(), this.#fault === null ? checkEveryMs : this.#retryMs);
    this.#timer.unref();
  }
}

/** The transaction is on disk whatever becomes of this: a reader may hold it up. */
function checkpoint(tables: Tables): void {
  try {
    tables.checkpoint();
  } catch {
    // The next one takes it along.
  }
}
