import { randomBytes } from 'node:crypto';
import { isLoggedType, isSampleType } from '@/lib/protocol/event-types';
import { DiskLog, type DiskOptions } from './disk-log';
import {
  type Durability,
  type EventLog,
  type LoggedEvent,
  LogUnavailableError,
  type NewEvent,
  type RequestKey,
} from './event-log';
import type { KeptReceipt } from './event-store';
import { openWindow } from './window';

export interface SqliteLogOptions
  extends Pick<
    DiskOptions,
    'dataDir' | 'waitForOwnerMs' | 'maxPages' | 'onSetAside' | 'onReport' | 'elapsedMs'
  > {
  /** What the database may take. Default 512 MiB. */
  readonly maxBytes?: number;
  /** Samples are kept this long. Default 1 h. */
  readonly replayMs?: number;
  /** This much of it in memory, the rest on disk. Default 10 min. */
  readonly recentMs?: number;
  readonly recentBytes?: number;
  /** While nothing can be written, memory holds this much of it. Default 128 MiB. */
  readonly unwrittenBytes?: number;
  /** Names a new log: lower-case letters and digits. */
  readonly newId?: () => string;
  /** Samples wait at most this long for their batch. Default 10 s. */
  readonly flushMs?: number;
  /** While something is wrong with the disk, it is tried again after this long, and then less often. Default 1 s. */
  readonly retryMs?: number;
  readonly now?: () => number;
  readonly monotonicNow?: () => number;
}

interface Waiting {
  readonly events: readonly NewEvent[];
  readonly durability: Durability;
  readonly key: RequestKey | undefined;
  resolve(events: readonly LoggedEvent[]): void;
  reject(error: Error): void;
}

const hourMs = 3_600_000;
const defaultMaxBytes = 512 * 1024 * 1024;
/** Old rows are deleted this often: each time some pages are written, and SD cards wear out. */
const pruneEveryMs = 300_000;

/**
 * The log on disk, with its recent part in memory. Ids go on where they were, after a crash a reserved block
 * further. Whatever is wrong with the disk, the log goes on in memory, says so in `problem`, and heals.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const now = options.now ?? Date.now;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const replayMs = options.replayMs ?? hourMs;
  const recentMs = options.recentMs ?? 600_000;
  const recentBytes = options.recentBytes ?? 16 * 1024 * 1024;
  const unwrittenBytes = options.unwrittenBytes ?? 128 * 1024 * 1024;
  const newId = options.newId ?? (() => randomBytes(5).toString('hex'));
  const flushMs = options.flushMs ?? 10_000;
  const retryMs = options.retryMs ?? 1_000;

  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  // Not within the write that found it: listeners read.
  const onFound = () => queueMicrotask(wake);
  const disk = await DiskLog.open({ ...options, maxBytes, replayMs, newId, now, monotonicNow, onFound });
  let waiting: Waiting[] = [];
  let flushTimer: NodeJS.Timeout | null = null;
  let closed = false;

  const window = openWindow({
    headSeq: disk.headSeq,
    maxAgeMs: () => (disk.problem === null ? recentMs : replayMs),
    maxBytes: () => (disk.problem === null ? recentBytes : unwrittenBytes),
    isSafe: (seq) => seq <= disk.writtenTo,
    monotonicNow,
  });

  /** What is in memory alone. */
  const unwritten = () => window.read(disk.writtenTo, Number.POSITIVE_INFINITY);

  disk.attachMemory(() => ({ headSeq: window.headSeq, tailSeq: window.tailSeq, unwritten }));

  function stamp(events: readonly NewEvent[]): LoggedEvent[] {
    disk.reserveFor(window.headSeq + events.length);
    return events.map((event, index) => ({ ...event, seq: window.headSeq + index + 1 }));
  }

  function show(events: readonly LoggedEvent[]): void {
    window.push(events);
    wake();
  }

  function noteTypes(events: readonly NewEvent[]): void {
    for (const { type, publisher = '' } of events)
      if (!isLoggedType(type)) disk.addCustomType(type, publisher);
  }

  /** All that waits to be on disk goes there in one transaction: the disk is waited for once. */
  function commitWaiting(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    const events = stamp(group.flatMap(({ events }) => events));
    const receipts = receiptsOf(group, events);
    if (disk.write(() => [...unwritten(), ...events], { synced: true, receipts })) {
      window.releaseSurvivors();
      noteTypes(events);
      show(events);
      let from = 0;
      for (const { events: asked, resolve } of group) {
        resolve(events.slice(from, from + asked.length));
        from += asked.length;
      }
    } else {
      giveUp(group);
    }
    scheduleFlush();
  }

  function receiptsOf(group: readonly Waiting[], events: readonly LoggedEvent[]): KeptReceipt[] {
    let from = 0;
    return group.flatMap(({ key, events: { length: count } }) => {
      const first = events[from];
      from += count;
      return key && first ? [{ ...key, firstSeq: first.seq, count, t: now() }] : [];
    });
  }

  function giveUp(group: readonly Waiting[]): void {
    for (const { events: asked, durability, resolve, reject } of group) {
      if (durability === 'durable') {
        reject(new LogUnavailableError(disk.problem ?? 'the log cannot be written'));
        continue;
      }
      const events = stamp(asked);
      noteTypes(events);
      show(events);
      resolve(events);
    }
  }

  function flush(): void {
    flushTimer = null;
    const { length } = unwritten();
    if (length > 0) disk.write(unwritten, { synced: false });
    window.releaseSurvivors();
    disk.prune({ everyMs: pruneEveryMs });
    if (disk.problem !== null || length > 0) scheduleFlush();
  }

  function scheduleFlush(): void {
    if (closed || flushTimer) return;
    flushTimer = setTimeout(flush, disk.problem === null ? flushMs : retryMs);
    flushTimer.unref();
  }

  if (disk.problem !== null) scheduleFlush();

  /** Rows up to `toSeq`, memory's after the disk's. A read that fails mends what it can and gives what is left. */
  function readBoth(
    afterSeq: number,
    limit: number,
    fromDisk: (beforeSeq: number) => LoggedEvent[],
    fromMemory: (afterSeq: number, limit: number) => readonly LoggedEvent[],
  ): readonly LoggedEvent[] {
    if (afterSeq + 1 >= window.tailSeq) return fromMemory(afterSeq, limit);
    const older = fromDisk(window.tailSeq);
    if (older.length >= limit) return older;
    const newestOnDisk = older.at(-1)?.seq ?? afterSeq;
    const rest = fromMemory(Math.max(afterSeq, newestOnDisk), limit - older.length);
    return older.length > 0 ? [...older, ...rest] : rest;
  }

  return {
    get id() {
      return disk.id;
    },
    get headSeq() {
      return window.headSeq;
    },
    get tailSeq() {
      return Math.min(disk.tailSeq, window.tailSeq);
    },
    get formerId() {
      return disk.formerId;
    },
    get isProvisional() {
      return disk.isProvisional;
    },
    get isFolderTaken() {
      return disk.isFolderTaken;
    },
    get problem() {
      return disk.problem;
    },
    get defects() {
      return disk.defects;
    },
    get customTypes() {
      return disk.customTypes.names;
    },
    roomForTypes: (publisher) => disk.customTypes.room(publisher),
    async append(events, durability = 'batched', key = undefined) {
      if (closed) throw new LogUnavailableError('the log is closed');
      if (events.length === 0) return [];
      if (durability !== 'batched') {
        return new Promise<readonly LoggedEvent[]>((resolve, reject) => {
          waiting.push({ events, durability, key, resolve, reject });
          // After what else came in this turn of the event loop.
          if (waiting.length === 1) setImmediate(commitWaiting);
        });
      }
      const logged = stamp(events);
      show(logged);
      scheduleFlush();
      return logged;
    },
    read(afterSeq, limit) {
      return readBoth(
        afterSeq,
        limit,
        (beforeSeq) => disk.read(afterSeq, beforeSeq, limit),
        (after, most) => window.read(after, most),
      );
    },
    readDurable(afterSeq, toSeq, limit) {
      return readBoth(
        afterSeq,
        limit,
        (beforeSeq) => disk.readDurable(afterSeq, Math.min(toSeq, beforeSeq - 1), limit),
        (after, most) => window.readDurable(after, toSeq, most),
      );
    },
    readDurableBefore(beforeSeq, afterSeq, limit) {
      const fromMemory = () => window.readDurableBefore(beforeSeq, afterSeq, limit);
      const newest = fromMemory();
      const isAll = newest.length >= limit && (newest.at(-1)?.seq ?? 0) >= window.tailSeq;
      if (isAll || afterSeq + 1 >= window.tailSeq) return newest;
      // First the disk: a read that fails there may write what is in memory.
      const older = disk.readDurableBefore(Math.min(beforeSeq, window.tailSeq), afterSeq, limit);
      const onDisk = new Set(older.map(({ seq }) => seq));
      // What outlived the window lies between what is on disk.
      return [...fromMemory().filter(({ seq }) => !onDisk.has(seq)), ...older]
        .sort((one, other) => other.seq - one.seq)
        .slice(0, limit);
    },
    readDurableByTime(query) {
      const { after, toT, fromSeq, toSeq, limit } = query;
      const inMemory = unwritten().filter(
        ({ type, seq, t }) =>
          !isSampleType(type) &&
          (t > after.t || (t === after.t && seq > after.seq)) &&
          t < toT &&
          seq >= fromSeq &&
          seq < toSeq,
      );
      const onDisk = disk.readDurableByTime(query);
      if (inMemory.length === 0) return onDisk;
      return [...onDisk, ...inMemory]
        .sort((one, other) => one.t - other.t || one.seq - other.seq)
        .slice(0, limit);
    },
    countDurable(afterSeq, toSeq) {
      const onDisk = disk.countDurable(afterSeq, Math.min(toSeq, disk.writtenTo));
      const newer = Math.max(afterSeq, disk.writtenTo);
      return onDisk + window.readDurable(newer, toSeq, Number.POSITIVE_INFINITY).length;
    },
    receipt: (keyName) => disk.receipt(keyName),
    hasGap: (afterSeq, toSeq) => disk.hasGap(afterSeq, toSeq),
    seqBefore(t) {
      const recent = window.seqBefore(t);
      if (recent !== null) return recent;
      return disk.seqBefore(t) ?? (window.tailSeq <= window.headSeq ? window.tailSeq - 1 : window.headSeq);
    },
    diskUse: () => disk.use(),
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      commitWaiting();
      if (flushTimer) clearTimeout(flushTimer);
      disk.heal();
      disk.write(unwritten, { synced: true });
      disk.close(window.headSeq);
    },
  };
}
