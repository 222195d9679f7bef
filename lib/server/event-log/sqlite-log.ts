import { randomBytes } from 'node:crypto';
import { isLoggedType, isSampleType } from '@/lib/protocol/event-types';
import { samplesKeptMs } from '@/lib/protocol/limits';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { DiskLog, type DiskOptions } from './disk-log';
import {
  type DiskUse,
  type Durability,
  type DurableByTime,
  type EventLog,
  type LoggedEvent,
  LogUnavailableError,
  type NewEvent,
  type Receipt,
  type RequestKey,
} from './event-log';
import { receiptsOf, rejectDurable, resolveAll, type WaitingAppend } from './waiting-append';
import { MemoryWindow } from './window';

export interface SqliteLogOptions
  extends Pick<DiskOptions, 'dataDir' | 'waitForOwnerMs' | 'maxPages' | 'onSetAside' | 'onReport'> {
  /** The bound on the database. Default 512 MiB. */
  readonly maxBytes?: number;
  /** Samples are deleted once they are this old. Default 1 h. */
  readonly keepSamplesMs?: number;
  /** Events are kept in memory this long; older ones are read from disk. Default 10 min. */
  readonly recentMs?: number;
  readonly recentBytes?: number;
  /** The bound on events in memory while nothing can be written. Default 128 MiB. */
  readonly unwrittenBytes?: number;
  /** Names a new log: lower-case letters and digits. */
  readonly newId?: () => string;
  /** Samples are written in a batch, at the latest after this time. Default 10 s. */
  readonly flushMs?: number;
  /** The delay of the first retry after a fault; each further one takes twice as long. Default 1 s. */
  readonly retryMs?: number;
  readonly clock?: Clock;
}

const mib = 1024 * 1024;
const defaultMaxBytes = 512 * mib;
/** Old rows are deleted this often: each time some pages are written, and SD cards wear out. */
const pruneEveryMs = 300_000;

/**
 * The log on disk, with its recent part in memory. Ids continue after a restart, a reserved block further after a crash.
 * While the disk fails, the log continues in memory, reports that in `problem`, and heals.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const { clock = systemClock, keepSamplesMs = samplesKeptMs } = options;
  const listeners = new Set<() => void>();
  const disk = await DiskLog.open({
    ...options,
    maxBytes: options.maxBytes ?? defaultMaxBytes,
    keepSamplesMs,
    newId: options.newId ?? (() => randomBytes(5).toString('hex')),
    clock,
    // Not within the write that found it: listeners read.
    onFound: () => queueMicrotask(() => callAll(listeners)),
  });
  const { recentMs = 600_000, recentBytes = 16 * mib, unwrittenBytes = 128 * mib } = options;
  const window = new MemoryWindow({
    headSeq: disk.headSeq,
    maxAgeMs: () => (disk.problem === null ? recentMs : keepSamplesMs),
    maxBytes: () => (disk.problem === null ? recentBytes : unwrittenBytes),
    isOnDisk: (seq) => seq <= disk.writtenTo,
    clock,
  });
  const { flushMs = 10_000, retryMs = 1_000 } = options;
  return new SqliteLog(disk, window, listeners, { flushMs, retryMs, clock });
}

function callAll(listeners: ReadonlySet<() => void>): void {
  for (const listener of listeners) listener();
}

interface FlushOptions {
  readonly flushMs: number;
  readonly retryMs: number;
  readonly clock: Clock;
}

class SqliteLog implements EventLog {
  readonly #disk: DiskLog;
  readonly #window: MemoryWindow;
  readonly #listeners: Set<() => void>;
  readonly #options: FlushOptions;
  #waiting: WaitingAppend[] = [];
  #flushTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(disk: DiskLog, window: MemoryWindow, listeners: Set<() => void>, options: FlushOptions) {
    this.#disk = disk;
    this.#window = window;
    this.#listeners = listeners;
    this.#options = options;
    disk.attachMemory(() => ({
      headSeq: window.headSeq,
      tailSeq: window.tailSeq,
      unwritten: () => this.#unwritten(),
    }));
    if (disk.problem !== null) this.#scheduleFlush();
  }

  get id(): string {
    return this.#disk.id;
  }

  get headSeq(): number {
    return this.#window.headSeq;
  }

  get tailSeq(): number {
    return Math.min(this.#disk.tailSeq, this.#window.tailSeq);
  }

  get formerId(): string | null {
    return this.#disk.formerId;
  }

  get isProvisional(): boolean {
    return this.#disk.isProvisional;
  }

  get isFolderTaken(): boolean {
    return this.#disk.isFolderTaken;
  }

  get problem(): string | null {
    return this.#disk.problem;
  }

  get defects(): readonly string[] {
    return this.#disk.defects;
  }

  get customTypes(): ReadonlySet<string> {
    return this.#disk.customTypes.names;
  }

  roomForTypes(publisher: string): number {
    return this.#disk.customTypes.room(publisher);
  }

  async append(
    events: readonly NewEvent[],
    durability: Durability = 'batched',
    key?: RequestKey,
  ): Promise<readonly LoggedEvent[]> {
    if (this.#isClosed) throw new LogUnavailableError('the log is closed');
    if (events.length === 0) return [];
    if (durability !== 'batched') return this.#appendDurable(events, durability, key);
    const logged = this.#stamp(events);
    this.#show(logged);
    this.#scheduleFlush();
    return logged;
  }

  read(afterSeq: number, limit: number): readonly LoggedEvent[] {
    return this.#readBoth(
      afterSeq,
      limit,
      (beforeSeq) => this.#disk.read(afterSeq, beforeSeq, limit),
      (after, most) => this.#window.read(after, most),
    );
  }

  readDurable(afterSeq: number, toSeq: number, limit: number): readonly LoggedEvent[] {
    return this.#readBoth(
      afterSeq,
      limit,
      (beforeSeq) => this.#disk.readDurable(afterSeq, Math.min(toSeq, beforeSeq - 1), limit),
      (after, most) => this.#window.readDurable(after, toSeq, most),
    );
  }

  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): readonly LoggedEvent[] {
    const window = this.#window;
    const fromMemory = () => window.readDurableBefore(beforeSeq, afterSeq, limit);
    const newest = fromMemory();
    const isAll = newest.length >= limit && (newest.at(-1)?.seq ?? 0) >= window.tailSeq;
    if (isAll || afterSeq + 1 >= window.tailSeq) return newest;
    // First the disk: a read that fails there may write what is in memory.
    const older = this.#disk.readDurableBefore(Math.min(beforeSeq, window.tailSeq), afterSeq, limit);
    const onDisk = new Set(older.map(({ seq }) => seq));
    // Unwritten events of the window lie between the events on disk.
    return [...fromMemory().filter(({ seq }) => !onDisk.has(seq)), ...older]
      .sort((one, other) => other.seq - one.seq)
      .slice(0, limit);
  }

  readDurableByTime(query: DurableByTime): readonly LoggedEvent[] {
    const { after, toT, fromSeq, toSeq, limit } = query;
    const inMemory = this.#unwritten().filter(
      ({ type, seq, t }) =>
        !isSampleType(type) &&
        (t > after.t || (t === after.t && seq > after.seq)) &&
        t < toT &&
        seq >= fromSeq &&
        seq < toSeq,
    );
    const onDisk = this.#disk.readDurableByTime(query);
    if (inMemory.length === 0) return onDisk;
    return [...onDisk, ...inMemory]
      .sort((one, other) => one.t - other.t || one.seq - other.seq)
      .slice(0, limit);
  }

  countDurable(afterSeq: number, toSeq: number): number {
    const onDisk = this.#disk.countDurable(afterSeq, Math.min(toSeq, this.#disk.writtenTo));
    const newer = Math.max(afterSeq, this.#disk.writtenTo);
    return onDisk + this.#window.readDurable(newer, toSeq, Number.POSITIVE_INFINITY).length;
  }

  receipt(keyName: string): Receipt | null | undefined {
    return this.#disk.receipt(keyName);
  }

  hasGap(afterSeq: number, toSeq: number): boolean {
    return this.#disk.hasGap(afterSeq, toSeq);
  }

  seqBefore(t: number): number {
    const { headSeq, tailSeq } = this.#window;
    return (
      this.#window.seqBefore(t) ?? this.#disk.seqBefore(t) ?? (tailSeq <= headSeq ? tailSeq - 1 : headSeq)
    );
  }

  diskUse(): DiskUse {
    return this.#disk.use();
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#commitWaiting();
    if (this.#flushTimer) clearTimeout(this.#flushTimer);
    this.#disk.heal();
    this.#disk.write(() => this.#unwritten(), { synced: true });
    this.#disk.close(this.#window.headSeq);
  }

  /** Events that are in memory alone. */
  #unwritten(): readonly LoggedEvent[] {
    return this.#window.read(this.#disk.writtenTo, Number.POSITIVE_INFINITY);
  }

  #stamp(events: readonly NewEvent[]): LoggedEvent[] {
    const { headSeq } = this.#window;
    this.#disk.reserveFor(headSeq + events.length);
    return events.map((event, index) => ({ ...event, seq: headSeq + index + 1 }));
  }

  #show(events: readonly LoggedEvent[]): void {
    this.#window.push(events);
    callAll(this.#listeners);
  }

  #noteTypes(events: readonly NewEvent[]): void {
    for (const { type, publisher = '' } of events)
      if (!isLoggedType(type)) this.#disk.addCustomType(type, publisher);
  }

  #appendDurable(
    events: readonly NewEvent[],
    durability: Durability,
    key: RequestKey | undefined,
  ): Promise<readonly LoggedEvent[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, durability, key, resolve, reject });
      // After the other appends of this turn of the event loop.
      if (this.#waiting.length === 1) setImmediate(() => this.#commitWaiting());
    });
  }

  /** Writes all waiting appends in one transaction, so that the disk is waited for once. */
  #commitWaiting(): void {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    const events = this.#stamp(group.flatMap(({ events }) => events));
    const receipts = receiptsOf(group, events, this.#options.clock.wallMs());
    if (this.#disk.write(() => [...this.#unwritten(), ...events], { synced: true, receipts })) {
      this.#window.dropWritten();
      this.#noteTypes(events);
      this.#show(events);
      resolveAll(group, events);
    } else {
      for (const { events: asked, resolve } of rejectDurable(group, this.#disk.problem)) {
        const logged = this.#stamp(asked);
        this.#noteTypes(logged);
        this.#show(logged);
        resolve(logged);
      }
    }
    this.#scheduleFlush();
  }

  #flush(): void {
    this.#flushTimer = null;
    const { length } = this.#unwritten();
    if (length > 0) this.#disk.write(() => this.#unwritten(), { synced: false });
    this.#window.dropWritten();
    this.#disk.prune({ everyMs: pruneEveryMs });
    if (this.#disk.problem !== null || length > 0) this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#isClosed || this.#flushTimer) return;
    const { flushMs, retryMs } = this.#options;
    this.#flushTimer = setTimeout(() => this.#flush(), this.#disk.problem === null ? flushMs : retryMs);
    this.#flushTimer.unref();
  }

  /** Rows up to `toSeq`, memory's after the disk's. A read that fails heals the disk if it can and returns the rest. */
  #readBoth(
    afterSeq: number,
    limit: number,
    fromDisk: (beforeSeq: number) => LoggedEvent[],
    fromMemory: (afterSeq: number, limit: number) => readonly LoggedEvent[],
  ): readonly LoggedEvent[] {
    if (afterSeq + 1 >= this.#window.tailSeq) return fromMemory(afterSeq, limit);
    const older = fromDisk(this.#window.tailSeq);
    if (older.length >= limit) return older;
    const newestOnDisk = older.at(-1)?.seq ?? afterSeq;
    const rest = fromMemory(Math.max(afterSeq, newestOnDisk), limit - older.length);
    return older.length > 0 ? [...older, ...rest] : rest;
  }
}
