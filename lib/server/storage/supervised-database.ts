import { lstatSync } from 'node:fs';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { Connection, type Tables } from './connection';
import { filesOf, type Loss, lossTexts } from './database-files';
import { type DiskFault, faultOf } from './fault';
import { isMarkedMade, markMade } from './set-aside';

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
   * Takes over what the first database that could be opened holds; `true` when it lacks something that memory has.
   * Throws what SQLite throws, and is then called again.
   */
  readonly adopt: (tables: T) => boolean;
  /** Writes all that memory has and a database may lack, after a fault or into a new one. Throws what SQLite throws. */
  readonly refresh: (tables: T) => void;
  /** Why the database may not be opened now, in words; `null` when it may. */
  readonly heldBack?: (() => string | null) | undefined;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: ((line: string, path: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** The delay of the first retry after a fault; each further one takes twice as long, up to 15 s. Default 1 s. */
  readonly retryMs?: number | undefined;
}

/** The files of a healthy database are checked this often. */
const checkEveryMs = 2_000;
const defaultRetryMs = 1_000;
const retryMsMax = 15_000;

/**
 * A database that copes with faults. Nothing here throws: a fault becomes `problem`, work that it prevents returns
 * `false`, and it heals by itself. Files that are deleted or replaced while it is open are noticed and
 * written anew from the open connection; what is corrupt or foreign is set aside and never deleted.
 */
export class SupervisedDatabase<T extends Tables> {
  readonly #options: SupervisedOptions<T>;
  readonly #clock: Clock;
  readonly #connection: Connection<T>;
  #fault: DiskFault | null = null;
  #isAdopted = false;
  #loss: string | null = null;
  #isLossNoted = false;
  #isMarked = false;
  /** Whether memory may have what the database lacks. */
  #isBehind = false;
  /** Set while the callbacks run: their other writes are left to `refresh`. */
  #isBusy = false;
  #retryMs: number;
  /** Monotonic. */
  #triedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: SupervisedOptions<T>) {
    this.#options = options;
    const { path, open, clock = systemClock } = options;
    this.#clock = clock;
    this.#connection = new Connection({ path, open, clock });
    this.#retryMs = options.retryMs ?? defaultRetryMs;
    this.heal();
  }

  /** What is wrong, with the file's name and the cause; `null` when nothing is. */
  get problem(): string | null {
    if (!this.#fault) return null;
    const { text, namesFile } = this.#fault;
    return namesFile ? text : `${this.#options.path}: ${text}`;
  }

  /** Why content of earlier runs could not be read at the start; `null` when all was read or the rest is not needed. */
  get loss(): string | null {
    return this.#loss;
  }

  /** The lost content has been replaced or is not needed. */
  forgetLoss(): void {
    this.#loss = null;
  }

  /** Whether `read` can read. */
  get isReadable(): boolean {
    return this.#connection.tables !== null && this.#isAdopted;
  }

  /** Whether the content of earlier runs was taken over, or is known to be lost. */
  get isAdopted(): boolean {
    return this.#isAdopted;
  }

  /** What `read` reads; `null` while nothing can be read. */
  get tables(): T | null {
    return this.#isAdopted ? this.#connection.tables : null;
  }

  /** The next work is preceded by `refresh`. */
  markBehind(): void {
    this.#isBehind = true;
  }

  /** What `work` returns, or `otherwise` while nothing can be read. */
  read<R>(work: (tables: T) => R, otherwise: R): R {
    const { tables } = this;
    if (!tables) return otherwise;
    try {
      return work(tables);
    } catch (error) {
      this.#fail(error);
      return otherwise;
    }
  }

  /**
   * Whether it was written. If not, `refresh` has to write it, unless the caller drops it. During a fault this tries no
   * more often than `heal` does by itself.
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
    else this.#retryMs = Math.min(retryMsMax, this.#retryMs * 2);
    this.#schedule();
    return isReady;
  }

  /** `last` is written before it closes. */
  close(last?: (tables: T) => void): void {
    // No later check would notice a file that was deleted just before: this one writes it anew.
    if (this.#connection.tables && this.#ready() && last) this.write(last);
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#connection.close();
  }

  #write(work: (tables: T) => void, isUsers: boolean): boolean {
    const isTooSoon = this.#fault !== null && this.#clock.monotonicMs() - this.#triedAtMs < this.#retryMs;
    if (isTooSoon && !isUsers) {
      this.#isBehind = true;
      return false;
    }
    // Twice: the first try may find that the database is lost or corrupt, and repair it.
    for (let tries = 0; tries < 2; tries += 1) {
      const tables = this.#ready();
      if (!tables) return false;
      try {
        work(tables);
        if (!isUsers) {
          this.#connection.remember();
          return true;
        }
        checkpoint(tables);
        if (this.#connection.loss({ afterOwnWork: true }) === null) {
          this.#connection.remember();
          return true;
        }
      } catch (error) {
        this.#fail(error);
        if (this.#connection.tables) return false;
      }
    }
    return false;
  }

  /** The open database, with everything that memory has; `null` when it cannot be opened or written. */
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
    this.#triedAtMs = this.#clock.monotonicMs();
    this.#connection.closeIfWritable();
    const loss = this.#connection.loss({ afterOwnWork: false });
    if (loss && !this.#repair(loss)) return null;
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2; tries += 1) {
      const reason = this.#connection.tables ? null : (this.#options.heldBack?.() ?? null);
      if (reason !== null) {
        this.#setFault({ text: reason, isCorrupt: false });
        return null;
      }
      try {
        const tables = this.#connection.tables ?? this.#open();
        if (!this.#isAdopted) {
          const isLacking = this.#options.adopt(tables);
          this.#isBehind ||= isLacking;
          this.#isAdopted = true;
        }
        if (this.#isBehind) {
          this.#isBehind = false;
          this.#options.refresh(tables);
        }
        this.#setFault(null);
        this.#connection.remember();
        this.#mark();
        return tables;
      } catch (error) {
        this.#fail(error);
        if (this.#connection.tables || !faultOf(error).isCorrupt) return null;
      }
    }
    return null;
  }

  #open(): T {
    const found = filesOf(this.#options.path);
    if (this.#connection.isReplaced()) this.#setAside('replaced', 'another file took its place');
    else if (!this.#isAdopted && !found?.bytes) this.#lookForLoss(found ? 'it is empty' : 'it is not there');
    return this.#connection.open();
  }

  #fail(error: unknown): void {
    const fault = faultOf(error, this.#options.path);
    this.#isBehind = true;
    if (String((error as { code?: unknown }).code).startsWith('SQLITE_READONLY'))
      this.#connection.noteReadOnly();
    if (!fault.isCorrupt) {
      this.#setFault(fault);
      return;
    }
    try {
      this.#connection.release();
      this.#setAside('corrupt', fault.text);
      // Nothing in it can be read any more, so memory has all there is.
      this.#isAdopted = true;
    } catch (cause) {
      this.#setFault({ ...fault, text: `${fault.text}, and it cannot be set aside: ${faultOf(cause).text}` });
    }
  }

  #setAside(why: string, reason: string): void {
    const name = this.#connection.setAside(why);
    this.#isBehind = true;
    this.#noteLoss(reason, name);
  }

  #noteLoss(reason: string, name: string | null): void {
    const { path, holds } = this.#options;
    if (!this.#isAdopted) {
      this.#isLossNoted = true;
      this.#loss = `${holds} lost: ${path}: ${reason}${name === null ? '' : `; it is now ${name}`}`;
    }
    this.#reportSetAside(reason, name);
  }

  #reportSetAside(reason: string, name: string | null): void {
    this.#options.onSetAside?.(name ?? this.#options.path, reason, name !== null);
  }

  /**
   * At the start an empty or missing database is either new or lost. A lost one is set aside with its write-ahead log,
   * which SQLite would delete.
   */
  #lookForLoss(found: string): void {
    const { path } = this.#options;
    const wal = lstatSync(`${path}-wal`, { throwIfNoEntry: false });
    const hasWal = wal?.isFile() === true && wal.size > 0;
    if (this.#isLossNoted || !(hasWal || isMarkedMade(path))) return;
    const reason = `${found}, and an earlier run has made it`;
    if (hasWal) this.#setAside('emptied', reason);
    else this.#noteLoss(reason, null);
  }

  /** Marks once that a database was made here: an empty file at a later start is then a loss. */
  #mark(): void {
    if (this.#isMarked || this.#connection.isReadOnly) return;
    this.#isMarked = true;
    markMade(this.#options.path);
  }

  /** Saves what the open connection can still read, and closes it. Whether that succeeded. */
  #repair(loss: Loss): boolean {
    const { path, onReport } = this.#options;
    try {
      this.#rescue(loss);
      this.#isBehind = true;
      onReport?.(`${path}: ${lossTexts[loss]} while it was open`, path);
      return true;
    } catch (error) {
      const fault = faultOf(error, path);
      const text = `${lossTexts[loss]} while it was open, and cannot be written anew: ${fault.text}`;
      this.#setFault({ ...fault, text });
      // Otherwise it is tried again, with the connection that has all of it.
      if (fault.isCorrupt) this.#connection.release();
      return fault.isCorrupt;
    }
  }

  /** Throws. */
  #rescue(loss: Loss): void {
    const connection = this.#connection;
    if (loss === 'deleted') connection.writeAnew(null);
    else if (loss === 'replaced')
      connection.writeAnew(() => this.#setAside('replaced', 'another file took its place'));
    else if (loss === 'logGone') connection.keepDeletedWal();
    // What is in the file now is read anew.
    else if (loss === 'changed') connection.release();
    else {
      const name = connection.abandon(loss === 'logCutShort');
      this.#reportSetAside(`${lossTexts[loss]} by another program`, name);
    }
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

/** Fails while a reader has the database open; the transaction is on disk in any case. */
function checkpoint(tables: Tables): void {
  try {
    tables.checkpoint();
  } catch {
    // The next checkpoint includes it.
  }
}
