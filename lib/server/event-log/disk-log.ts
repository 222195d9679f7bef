import { join } from 'node:path';
import { durableEventsKeptMs } from '@/lib/protocol/event-types';
import { faultOf } from '@/lib/server/storage/fault';
import { openRetentionClock, type RetentionClock } from '@/lib/server/storage/retention-clock';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import { BatchIndex } from './batch-index';
import type { SeqRange } from './batch-table';
import { CustomTypes } from './custom-types';
import type { DiskUse, DurableByTime, LoggedEvent, Receipt } from './event-log';
import type { EventStore, KeptReceipt, LogRow, WriteOptions } from './event-store';
import type { FolderOwner } from './folder-owner';
import { keepId, readKeptId } from './kept-id';
import { unusedSeq } from './unused-seq';

export interface DiskOptions {
  readonly dataDir: string;
  /** Samples are kept this long. */
  readonly replayMs: number;
  /** What the database may take; the oldest events are deleted before it takes more. */
  readonly maxBytes: number;
  /** A Hostbeat that is just stopping lets go within this time. Default 6 s. */
  readonly waitForOwnerMs?: number;
  /** The database grows no further than this; for tests of a full disk. */
  readonly maxPages?: number;
  /** Called after a database was set aside, with its new name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: (line: string, path: string) => void;
  /** Called when the stored log could be read only after this run had begun without it: `id` may have changed. */
  readonly onFound: () => void;
  readonly newId: () => string;
  /** A fault is retried after this long, and then less and less often. Default 1 s. */
  readonly retryMs?: number;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** Ms since any fixed moment, suspension included; retention goes by it. Default: since the machine started. */
  readonly elapsedMs?: () => number;
}

/** The log in memory, for a database that has to start from it. */
export interface InMemory {
  readonly headSeq: number;
  readonly tailSeq: number;
  /** Events that are in memory alone, by `writtenTo`. */
  unwritten(): readonly LoggedEvent[];
}

/** A block of reserved ids lasts for hours on a full disk, and shows as a skip in ids only after a crash. */
const reservedBlock = 1_000_000;
const ownDurableMax = 500_000;
const publishedDurableMax = 500_000;
const receiptMs = 24 * 3_600_000;
const receiptsMax = 100_000;
/** When there is no room, this share of samples or of durable events is deleted at once: one in so many. */
const sliceShare = 8;
const slicesPerCheck = 16;
/** The file's size is checked each time this share of its bound was written: one in so many. */
const checkShare = 32;
/** Kept in memory too, for a database that has to be made anew: used keys stay used. Some 200 bytes each. */
const rememberedReceiptsMax = 10_000;

interface Sqlite {
  readonly openStore: typeof EventStore.open;
  readonly owner: FolderOwner;
}

/** Loaded late: where there is no build of SQLite for a platform, the log still works in memory. */
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
  readonly #retention: RetentionClock;
  readonly #batches = new BatchIndex();
  readonly #receipts = new Map<string, KeptReceipt>();
  #gaps: SeqRange[] = [];
  /** The store that `#batches` and `#gaps` were read from. */
  #known: EventStore | null = null;
  #memory: (() => InMemory) | null = null;
  #id: string;
  #formerId: string | null = null;
  #headSeq = 0;
  #tailSeq = 1;
  #writtenTo = 0;
  #reservedTo = 0;
  #prunedAt: number;
  #bytesSinceCheck = 0;

  private constructor(options: DiskOptions, sqlite: Sqlite | Error) {
    const { dataDir, now } = options;
    this.#options = options;
    this.#sqlite = sqlite;
    this.#path = join(dataDir, 'log.db');
    this.#idPath = join(dataDir, 'log.id');
    this.#id = options.newId();
    this.#retention = openRetentionClock(options);
    this.#prunedAt = options.monotonicNow();
    this.#database = new SupervisedDatabase<EventStore>({
      path: this.#path,
      holds: 'the events are',
      open: (at) => this.#open(at),
      adopt: (store) => this.#adopt(store),
      refresh: (store) => this.#refresh(store),
      now,
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

  /** The id under which this log began while that of the database was not known; `null` if it was. */
  get formerId(): string | null {
    return this.#formerId;
  }

  /** Whether the database may still hold a log that this one has to go on with. */
  get isProvisional(): boolean {
    return !this.#database.isAdopted && !(this.#sqlite instanceof Error);
  }

  /** Whether another Hostbeat has the data folder. */
  get isFolderTaken(): boolean {
    return !(this.#sqlite instanceof Error) && this.#sqlite.owner.isTaken;
  }

  /** Where ids go on from: everything up to here is taken, the block that a crash left included. */
  get headSeq(): number {
    return this.#headSeq;
  }

  get tailSeq(): number {
    return this.#database.isReadable ? this.#tailSeq : Number.POSITIVE_INFINITY;
  }

  /** Everything up to here is on disk, or nowhere. */
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
    return this.#batches.seqBefore(t, this.#tailSeq, ({ firstSeq, lastSeq }) =>
      this.read(firstSeq - 1, lastSeq + 1, 1e6),
    );
  }

  addCustomType(name: string, publisher: string): void {
    if (this.customTypes.add(name, publisher))
      this.#database.write((store) => store.addCustomTypes([{ name, publisher }]));
  }

  /** Opens what is closed, replaces files that have vanished, and writes what memory alone has. */
  heal(): void {
    this.#database.heal();
  }

  /** Deletes what is older than its retention, unless that was done less than `everyMs` ago, and what has no room. */
  prune({ everyMs }: { everyMs: number }): void {
    const present = this.#options.monotonicNow();
    if (present - this.#prunedAt < everyMs) return;
    this.#prunedAt = present;
    const bounds = {
      durableBefore: this.#retention.now() - durableEventsKeptMs,
      maxOwn: ownDurableMax,
      maxPublished: publishedDurableMax,
      receiptsBefore: this.#retention.now() - receiptMs,
      maxReceipts: receiptsMax,
    };
    this.#database.write((store) => {
      this.#deleteBatches(store, this.#batches.countWrittenBefore(present - this.#options.replayMs));
      store.deleteDurable(bounds);
      this.#keepInBounds(store);
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

  /** The stored log cannot be read so far: its events count as lost until it can. */
  #beginProvisionally(): void {
    this.#headSeq = unusedSeq(this.#path, this.#options.now());
    this.#tailSeq = this.#headSeq + 1;
    this.#writtenTo = this.#headSeq;
    // While another process has the log, its id is that process's.
    if (!this.isFolderTaken) this.#id = readKeptId(this.#idPath) ?? this.#id;
    this.#gaps = [{ fromSeq: 1, toSeq: this.#headSeq }];
  }

  /** Takes up the log that the database holds; `true` when its positions cannot be reserved yet. Throws. */
  #adopt(store: EventStore): boolean {
    const { row } = store;
    let isBehind = false;
    if (!row) this.#begin(store);
    else if (!this.#memory) isBehind = !this.#startFrom(store, row);
    else this.#goOnWith(store, row, this.#memory().headSeq);
    this.#learn(store);
    keepId(this.#idPath, this.#id);
    if (!isBehind) this.#shrink(store);
    return isBehind;
  }

  /** At the start. Whether its positions could be reserved. Throws. */
  #startFrom(store: EventStore, row: LogRow): boolean {
    const last = Math.max(store.lastSeq(), row.tailSeq - 1);
    const goOn = (from: number) => {
      this.#headSeq = from;
      this.#writtenTo = from;
      this.#gaps = store.gaps();
      if (from > last) this.#gaps.push({ fromSeq: last + 1, toSeq: from });
    };
    this.#id = row.id;
    this.#tailSeq = row.tailSeq;
    goOn(Math.max(last, row.reservedTo));
    try {
      store.addGaps(this.#gaps);
      this.#reserve(store, this.#headSeq);
      return true;
    } catch (error) {
      if (faultOf(error).isCorrupt) throw error;
      // The next run must not begin with ids that could not be reserved.
      goOn(Math.max(this.#headSeq + reservedBlock, unusedSeq(this.#path, this.#options.now())));
      return false;
    }
  }

  /** This log began while the database could not be read: its events go on in the log that is stored there. Throws. */
  #goOnWith(store: EventStore, row: LogRow, newest: number): void {
    const last = Math.max(store.lastSeq(), row.tailSeq - 1);
    if (Math.max(last, row.reservedTo) > this.#headSeq) {
      throw new Error('its positions are beyond those of this run; restart Hostbeat to go on with it');
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
    // Everything in memory is to be written, survivors of the window included.
    this.#writtenTo = 0;
  }

  /** After a fault, or in a database that had to be opened again. Throws. */
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
    const found = store.batches();
    const times = found.flatMap(({ firstT, lastT }) => [firstT, lastT]);
    this.#retention.startFrom([...times, ...store.durableTimes()]);
    this.#batches.load(found, this.#retention.now(), this.#options.monotonicNow());
    for (const { name, publisher } of store.customTypes()) this.customTypes.add(name, publisher);
    this.#known = store;
  }

  /** Where an earlier start was configured with a larger bound. Throws. */
  #shrink(store: EventStore): void {
    const { fileBytes } = store.size();
    if (fileBytes <= this.#options.maxBytes) return;
    this.#keepInBounds(store);
    if (store.size().usedBytes < fileBytes * 0.75) store.shrink();
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
    this.#batches.add(events, this.#options.monotonicNow());
    return found;
  }

  /** After a write, which stays written if this fails. */
  #maintain(gaps: readonly SeqRange[], written: readonly LoggedEvent[]): void {
    this.#bytesSinceCheck += written.reduce((sum, { json }) => sum + json.length, 0);
    const isLarge = this.#bytesSinceCheck > this.#options.maxBytes / checkShare;
    const isRunningOut = this.#reservedTo - this.#writtenTo < reservedBlock / 2;
    if (gaps.length === 0 && !isLarge && !isRunningOut) return;
    this.#database.write((store) => {
      store.addGaps(gaps);
      if (isLarge) this.#keepInBounds(store);
      if (isRunningOut) this.#reserve(store, this.#writtenTo);
    });
  }

  /** The oldest `count` batches. Throws. */
  #deleteBatches(store: EventStore, count: number): void {
    const toSeq = this.#batches.lastSeqOf(count);
    if (toSeq === null) return;
    store.deleteBatches(toSeq);
    this.#batches.drop(count);
    this.#tailSeq = Math.max(this.#tailSeq, toSeq + 1);
  }

  /** Of samples, own events and published events, the kind that takes most loses its oldest. Throws. */
  #keepInBounds(store: EventStore): void {
    this.#bytesSinceCheck = 0;
    for (let slices = 0; slices < slicesPerCheck; slices += 1) {
      if (store.size().usedBytes <= this.#options.maxBytes) return;
      const { samples, own, published } = store.weights();
      if (samples < Math.max(own, published))
        store.deleteOldest(published >= own ? 'published' : 'own', sliceShare);
      else if (this.#batches.size === 0) return;
      else this.#deleteBatches(store, Math.ceil(this.#batches.size / sliceShare));
    }
  }

  #rememberReceipt(receipt: KeptReceipt): void {
    this.#receipts.set(receipt.name, receipt);
    const [oldest] = this.#receipts.keys();
    if (this.#receipts.size > rememberedReceiptsMax && oldest !== undefined) this.#receipts.delete(oldest);
  }
}
