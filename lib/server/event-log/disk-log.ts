import { join } from 'node:path';
import { faultOf } from '@/lib/server/storage/fault';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import type { SeqRange } from './batch-table';
import { CustomTypes } from './custom-types';
import type { DiskUse, DurableByTime, LoggedEvent, Receipt } from './event-log';
import type { EventStore, KeptReceipt, LogRow, WriteOptions } from './event-store';
import type { FolderOwner } from './folder-owner';
import { keepId, readKeptId } from './kept-id';
import { LogRetention, type LogRetentionOptions } from './log-retention';
import { unusedSeq } from './unused-seq';

export interface DiskOptions extends Omit<LogRetentionOptions, 'onSamplesDeleted'> {
  readonly dataDir: string;
  /** How long to wait for a Hostbeat that is just stopping. Default 6 s. */
  readonly waitForOwnerMs?: number;
  /** The database does not grow beyond this; for tests of a full disk. */
  readonly maxPages?: number;
  /** Called after a database was set aside, with its new name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: (line: string, path: string) => void;
  /** Called when the stored log could be read only after this run had begun without it: `id` may have changed. */
  readonly onFound: () => void;
  readonly newId: () => string;
  /** The delay of the first retry after a fault; each further one takes twice as long. Default 1 s. */
  readonly retryMs?: number;
}

/** The log in memory, for a database that starts from it. */
export interface InMemory {
  readonly headSeq: number;
  readonly tailSeq: number;
  /** Events that are in memory alone, by `writtenTo`. */
  unwritten(): readonly LoggedEvent[];
}

/** Ids are reserved on disk in blocks of this size: enough for hours on a full disk. A crash skips the rest of a block. */
const reservedBlock = 1_000_000;
/** Receipts of idempotency keys that memory keeps for a new database, some 200 bytes each: a used key stays used. */
const rememberedReceiptsMax = 10_000;

interface Sqlite {
  readonly openStore: typeof EventStore.open;
  readonly owner: FolderOwner;
}

/** Imported at run time: where there is no build of SQLite for a platform, the log works in memory. */
async function loadSqlite(dataDir: string): Promise<Sqlite> {
  const [{ EventStore }, { FolderOwner }] = await Promise.all([
    import('./event-store'),
    import('./folder-owner'),
  ]);
  return { openStore: EventStore.open, owner: new FolderOwner(join(dataDir, 'hostbeat.lock')) };
}

/**
 * The log's part on disk. Nothing here throws: a fault becomes `problem`, reads then return what is available, writes
 * return `false`, and `heal` tries again.
 */
export class DiskLog {
  readonly customTypes = new CustomTypes();
  readonly #options: DiskOptions;
  readonly #path: string;
  readonly #idPath: string;
  readonly #sqlite: Sqlite | Error;
  readonly #database: SupervisedDatabase<EventStore>;
  readonly #retention: LogRetention;
  readonly #receipts = new Map<string, KeptReceipt>();
  #gaps: SeqRange[] = [];
  /** The store whose content is known in memory. */
  #known: EventStore | null = null;
  #memory: (() => InMemory) | null = null;
  #id: string;
  #formerId: string | null = null;
  #headSeq = 0;
  #tailSeq = 1;
  #writtenTo = 0;
  #reservedTo = 0;

  private constructor(options: DiskOptions, sqlite: Sqlite | Error) {
    const { dataDir, clock, maxBytes, keepSamplesMs } = options;
    this.#options = options;
    this.#sqlite = sqlite;
    this.#path = join(dataDir, 'log.db');
    this.#idPath = join(dataDir, 'log.id');
    this.#id = options.newId();
    this.#retention = new LogRetention({
      maxBytes,
      keepSamplesMs,
      clock,
      onSamplesDeleted: (toSeq) => {
        this.#tailSeq = Math.max(this.#tailSeq, toSeq + 1);
      },
    });
    this.#database = new SupervisedDatabase<EventStore>({
      path: this.#path,
      holds: 'the events are',
      open: (at) => this.#open(at),
      adopt: (store) => this.#adopt(store),
      refresh: (store) => this.#refresh(store),
      clock,
      retryMs: options.retryMs,
      onSetAside: options.onSetAside,
      onReport: options.onReport,
    });
    if (!this.#database.isAdopted && !(sqlite instanceof Error)) this.#beginProvisionally();
  }

  static async open(options: DiskOptions): Promise<DiskLog> {
    const sqlite = await loadSqlite(options.dataDir).catch((cause: unknown) => cause as Error);
    if (!(sqlite instanceof Error)) await sqlite.owner.wait(options);
    return new DiskLog(options, sqlite);
  }

  get id(): string {
    return this.#id;
  }

  /** The id of this log before the database's own was known; `null` if it was known from the start. */
  get formerId(): string | null {
    return this.#formerId;
  }

  /** Whether the database has not been read yet and may hold a log that this one has to continue. */
  get isProvisional(): boolean {
    return !this.#database.isAdopted && !(this.#sqlite instanceof Error);
  }

  /** Whether another Hostbeat uses the data folder. */
  get isFolderTaken(): boolean {
    return !(this.#sqlite instanceof Error) && this.#sqlite.owner.isTaken;
  }

  /** The highest id in use: new ids are higher. After a crash it includes the whole reserved block. */
  get headSeq(): number {
    return this.#headSeq;
  }

  get tailSeq(): number {
    return this.#database.isReadable ? this.#tailSeq : Number.POSITIVE_INFINITY;
  }

  /** Events up to here are on disk or lost. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  get problem(): string | null {
    return this.#database.problem;
  }

  /** Stored events that cannot be read or are lost, a line each. */
  get defects(): readonly string[] {
    const rows = this.#known?.unreadable.size ?? 0;
    const unread =
      rows > 0
        ? [`${this.#path}: ${rows} stored ${rows === 1 ? 'row' : 'rows'} of events cannot be read`]
        : [];
    return this.#database.loss === null ? unread : [...unread, this.#database.loss];
  }

  /** From now on a database that has to start anew starts from this. */
  attachMemory(memory: () => InMemory): void {
    this.#memory = memory;
  }

  /** Makes sure that no id up to `seq` is given out again after a crash. */
  reserveFor(seq: number): void {
    if (seq <= this.#reservedTo) return;
    this.#database.write((store) => {
      store.reserve(seq + reservedBlock);
      this.#reservedTo = seq + reservedBlock;
    });
  }

  /** `pending` is called once the database is ready, which may change `writtenTo`. */
  write(pending: () => readonly LoggedEvent[], options: WriteOptions): boolean {
    let events: readonly LoggedEvent[] = [];
    const isWritten = this.#database.write((store) => {
      events = pending();
      if (events.length > 0) store.write(events, options);
    });
    if (!isWritten || events.length === 0) return isWritten;
    for (const receipt of options.receipts ?? []) this.#rememberReceipt(receipt);
    this.#maintain(this.#noteWritten(events), events);
    return true;
  }

  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[] {
    return this.#database.read((store) => store.read(afterSeq, beforeSeq, limit), []);
  }

  readDurable(afterSeq: number, toSeq: number, limit: number): LoggedEvent[] {
    return this.#database.read((store) => store.readDurable(afterSeq, toSeq, limit), []);
  }

  /** The newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): LoggedEvent[] {
    return this.#database.read((store) => store.readDurableBefore(beforeSeq, afterSeq, limit), []);
  }

  readDurableByTime(query: DurableByTime): LoggedEvent[] {
    return this.#database.read((store) => store.readDurableByTime(query), []);
  }

  countDurable(afterSeq: number, toSeq: number): number {
    return this.#database.read((store) => store.countDurable(afterSeq, toSeq), 0);
  }

  hasGap(afterSeq: number, toSeq: number): boolean {
    const isIn = (gap: SeqRange) => gap.fromSeq <= toSeq && gap.toSeq > afterSeq;
    return this.#gaps.some(isIn) || [...(this.#known?.unreadable.values() ?? [])].some(isIn);
  }

  /** `undefined` while the database cannot be read. */
  receipt(keyName: string): Receipt | null | undefined {
    return this.#database.read<Receipt | null | undefined>((store) => store.receipt(keyName), undefined);
  }

  /** The seq before the first sample that is `t` (Unix ms) or younger; `null` when none is. */
  seqBefore(t: number): number | null {
    return this.#retention.seqBefore(t, this.#tailSeq, (firstSeq, lastSeq) =>
      this.read(firstSeq - 1, lastSeq + 1, 1e6),
    );
  }

  addCustomType(name: string, publisher: string): void {
    if (this.customTypes.add(name, publisher))
      this.#database.write((store) => store.addCustomTypes([{ name, publisher }]));
  }

  /** Opens the database, replaces deleted files, and writes the events that are in memory alone. */
  heal(): void {
    this.#database.heal();
  }

  /** Deletes events beyond their retention and the bound in bytes, unless that was done less than `everyMs` ago. */
  prune({ everyMs }: { everyMs: number }): void {
    if (!this.#retention.takeTurn(everyMs)) return;
    this.#database.write((store) => {
      this.#retention.prune(store);
      for (const name of store.forgetUnusedTypes()) this.customTypes.forget(name);
    });
  }

  use(): DiskUse {
    return {
      bytes: this.#database.read((store) => store.size().fileBytes, 0),
      maxBytes: this.#options.maxBytes,
    };
  }

  close(headSeq: number): void {
    this.#database.close((store) => {
      this.#reservedTo = headSeq;
      store.reserve(headSeq);
    });
    this.#known = null;
    if (!(this.#sqlite instanceof Error)) this.#sqlite.owner.release();
  }

  /** Throws. */
  #open(at: string): EventStore {
    if (this.#sqlite instanceof Error) throw this.#sqlite;
    this.#sqlite.owner.take();
    return this.#sqlite.openStore(at, { maxPages: this.#options.maxPages });
  }

  /** The stored log cannot be read yet: its events count as lost until it can. */
  #beginProvisionally(): void {
    this.#headSeq = unusedSeq(this.#path, this.#options.clock.wallMs());
    this.#tailSeq = this.#headSeq + 1;
    this.#writtenTo = this.#headSeq;
    // While another process has the log, its id is that process's.
    if (!this.isFolderTaken) this.#id = readKeptId(this.#idPath) ?? this.#id;
    this.#gaps = [{ fromSeq: 1, toSeq: this.#headSeq }];
  }

  /** Takes over the log that the database holds; `true` when its positions cannot be reserved yet. Throws. */
  #adopt(store: EventStore): boolean {
    const { row } = store;
    let isBehind = false;
    if (!row) this.#begin(store);
    else if (!this.#memory) isBehind = !this.#startFrom(store, row);
    else this.#continueStored(store, row, this.#memory().headSeq);
    this.#learn(store);
    keepId(this.#idPath, this.#id);
    if (!isBehind) this.#retention.shrink(store);
    return isBehind;
  }

  /** At the start. Whether its positions could be reserved. Throws. */
  #startFrom(store: EventStore, row: LogRow): boolean {
    const last = Math.max(store.lastSeq(), row.tailSeq - 1);
    const continueAfter = (from: number) => {
      this.#headSeq = from;
      this.#writtenTo = from;
      this.#gaps = store.gaps();
      if (from > last) this.#gaps.push({ fromSeq: last + 1, toSeq: from });
    };
    this.#id = row.id;
    this.#tailSeq = row.tailSeq;
    continueAfter(Math.max(last, row.reservedTo));
    try {
      store.addGaps(this.#gaps);
      this.#reserve(store, this.#headSeq);
      return true;
    } catch (error) {
      if (faultOf(error).isCorrupt) throw error;
      // The next run must not begin with ids that could not be reserved.
      continueAfter(
        Math.max(this.#headSeq + reservedBlock, unusedSeq(this.#path, this.#options.clock.wallMs())),
      );
      return false;
    }
  }

  /** This log began while the database could not be read: its events continue the stored log. Throws. */
  #continueStored(store: EventStore, row: LogRow, newest: number): void {
    const last = Math.max(store.lastSeq(), row.tailSeq - 1);
    if (Math.max(last, row.reservedTo) > this.#headSeq) {
      throw new Error('its positions are beyond those of this run; restart Hostbeat to continue it');
    }
    this.#gaps = [...store.gaps(), { fromSeq: last + 1, toSeq: this.#headSeq }];
    store.addGaps(this.#gaps);
    this.#reserve(store, newest);
    store.addCustomTypes(this.customTypes);
    this.#tailSeq = row.tailSeq;
    this.#writtenTo = this.#headSeq;
    if (row.id !== this.#id) this.#formerId = this.#id;
    this.#id = row.id;
    this.#options.onFound();
  }

  /** Throws. */
  #reserve(store: EventStore, newest: number): void {
    this.#reservedTo = Math.max(this.#reservedTo, newest + reservedBlock);
    store.reserve(this.#reservedTo);
  }

  /** Makes a new database this log's. Throws. */
  #begin(store: EventStore): void {
    const { headSeq: newest, tailSeq: oldest } = this.#memory?.() ?? {
      headSeq: this.#headSeq,
      tailSeq: this.#headSeq + 1,
    };
    this.#reservedTo = newest + reservedBlock;
    store.begin({ id: this.#id, reservedTo: this.#reservedTo, tailSeq: oldest });
    store.addGaps(this.#gaps.filter(({ fromSeq }) => fromSeq >= oldest));
    store.addCustomTypes(this.customTypes);
    store.addReceipts([...this.#receipts.values()]);
    this.#tailSeq = oldest;
    // Everything in memory is written, including the durable events that left the window unwritten.
    this.#writtenTo = 0;
  }

  /** After a fault, or when the database was opened again. Throws. */
  #refresh(store: EventStore): void {
    const { row } = store;
    if (!row) this.#begin(store);
    else {
      store.addGaps(this.#gaps);
      this.#reserve(store, this.#memory?.().headSeq ?? this.#headSeq);
      if (store !== this.#known) {
        this.#tailSeq = row.tailSeq;
        this.#writtenTo = Math.max(store.lastSeq(), this.#tailSeq - 1);
      }
    }
    if (store !== this.#known) this.#learn(store);
    const events = this.#memory?.().unwritten() ?? [];
    if (events.length === 0) return;
    store.write(events, { synced: true });
    store.addGaps(this.#noteWritten(events));
  }

  /** Reads what is kept in memory about a store. Throws. */
  #learn(store: EventStore): void {
    this.#retention.load(store);
    for (const { name, publisher } of store.customTypes()) this.customTypes.add(name, publisher);
    this.#known = store;
  }

  /** Returns the gaps between the events. */
  #noteWritten(events: readonly LoggedEvent[]): SeqRange[] {
    let previous = Math.max(this.#writtenTo, this.#tailSeq - 1);
    const found: SeqRange[] = [];
    for (const { seq } of events) {
      if (seq > previous + 1) found.push({ fromSeq: previous + 1, toSeq: seq - 1 });
      previous = Math.max(previous, seq);
    }
    this.#gaps.push(...found);
    this.#writtenTo = Math.max(this.#writtenTo, previous);
    this.#retention.noteWritten(events);
    return found;
  }

  /** After a write, which stays written if this fails. */
  #maintain(gaps: readonly SeqRange[], written: readonly LoggedEvent[]): void {
    const isCheckDue = this.#retention.isCheckDue(written);
    const isRunningOut = this.#reservedTo - this.#writtenTo < reservedBlock / 2;
    if (gaps.length === 0 && !isCheckDue && !isRunningOut) return;
    this.#database.write((store) => {
      store.addGaps(gaps);
      if (isCheckDue) this.#retention.keepInBounds(store);
      if (isRunningOut) this.#reserve(store, this.#writtenTo);
    });
  }

  #rememberReceipt(receipt: KeptReceipt): void {
    this.#receipts.set(receipt.name, receipt);
    const [oldest] = this.#receipts.keys();
    if (this.#receipts.size > rememberedReceiptsMax && oldest !== undefined) this.#receipts.delete(oldest);
  }
}
