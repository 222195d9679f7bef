import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { durableKeptMs, isSampleType, tellsTime } from '@/lib/protocol/event-types';
import { faultOf, isOnReadOnlyFileSystem } from '@/lib/server/storage/fault';
import type { Ownership } from '@/lib/server/storage/ownership';
import { openRetentionClock } from '@/lib/server/storage/retention-clock';
import { SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import { CustomTypes } from './custom-types';
import type { DiskUse, DurableByTime, LoggedEvent, Receipt } from './event-log';
import type { BatchPlace, EventStore, KeptReceipt, LogRow, SeqRange, WriteOptions } from './event-store';
import { keepId, readKeptId } from './kept-id';

export interface DiskOptions {
  readonly dataDir: string;
  /** Samples are kept this long. */
  readonly replayMs: number;
  /** What the database may take; the oldest goes before it takes more. */
  readonly maxBytes: number;
  /** A Hostbeat that is just stopping lets go within this time. Default 6 s. */
  readonly waitForOwnerMs?: number;
  /** The database grows no further than this; for tests of a full disk. */
  readonly maxPages?: number;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: (path: string, reason: string) => void;
  /** One line each time that what is wrong changes. */
  readonly onReport?: (line: string, path: string) => void;
  /** The log in the database was taken up after this one had begun without it: `id` may be another now. */
  readonly onFound: () => void;
  readonly newId: () => string;
  /** While something is wrong it is tried again after this long, and then less and less often. Default 1 s. */
  readonly retryMs?: number;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** Ms since any fixed moment, suspension included; what is old is told by it. Default: since the machine started. */
  readonly elapsedMs?: () => number;
}

/** What the log holds in memory, for a database that has to start from it. */
export interface InMemory {
  readonly headSeq: number;
  readonly tailSeq: number;
  /** What is in memory alone, by `writtenTo`. */
  unwritten(): readonly LoggedEvent[];
}

/**
 * The log's part on disk, and how it fares. Nothing here throws: a fault becomes `problem`, reads then give
 * what there is, writes give `false`, and `heal` tries again.
 */
export interface Disk {
  readonly id: string;
  /** The id under which this log began while that of the database was not known; `null` if it was. */
  readonly formerId: string | null;
  /** Whether the database may still hold a log that this one has to go on with. */
  readonly isProvisional: boolean;
  /** Whether another Hostbeat has the data folder. */
  readonly isFolderTaken: boolean;
  /** Where ids go on from: everything up to here is taken, the block that a crash left included. */
  readonly headSeq: number;
  readonly tailSeq: number;
  /** Everything up to here is on disk, or nowhere. */
  readonly writtenTo: number;
  readonly problem: string | null;
  /** What of the stored events cannot be read, a line each. */
  readonly defects: readonly string[];
  readonly customTypes: CustomTypes;
  /** From now on a database that has to start anew starts from this. */
  watch(memory: () => InMemory): void;
  /** Makes sure that no id up to `seq` is given out again, whatever happens. */
  reserveFor(seq: number): void;
  /** `events` is asked once the database is ready, which may change `writtenTo`. */
  write(events: () => readonly LoggedEvent[], options: WriteOptions): boolean;
  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[];
  readDurable(afterSeq: number, toSeq: number, limit: number): LoggedEvent[];
  /** The newest first. */
  readDurableBefore(beforeSeq: number, afterSeq: number, limit: number): LoggedEvent[];
  readDurableByTime(query: DurableByTime): LoggedEvent[];
  countDurable(afterSeq: number, toSeq: number): number;
  hasGap(afterSeq: number, toSeq: number): boolean;
  /** `undefined` while nobody can tell. */
  receipt(keyName: string): Receipt | null | undefined;
  /** The seq before the first sample that is `t` (Unix ms) or younger; `null` when none is. */
  seqBefore(t: number): number | null;
  addCustomType(name: string, publisher: string): void;
  /** Opens what is closed, replaces what has vanished, and writes what memory alone has. */
  heal(): void;
  /** Deletes what has had its time, unless that was done less than `everyMs` ago, and what there is no room for. */
  prune(options: { everyMs: number }): void;
  use(): DiskUse;
  close(headSeq: number): void;
}

/** A block this large lasts for hours on a full disk, and looks like a skip only after a crash. */
const reservedBlock = 1_000_000;
const ownLastingMax = 500_000;
const publishedLastingMax = 500_000;
const receiptMs = 24 * 3_600_000;
const receiptsMax = 100_000;
const ownerLookMs = 100;
/** Where there is no room, one part in so many is deleted at once: of the samples, or of events that last. */
const sliceShare = 8;
const slicesPerLook = 16;
/** The file is looked at again when this share of what it may take was written. */
const lookShare = 32;
/** Kept in memory too, for a database that has to be made anew: used keys stay used. Some 200 bytes each. */
const rememberedReceiptsMax = 10_000;
/** Positions that are reckoned from the clock never come before this: some machines start in 1970. */
const epochMs = Date.UTC(2026, 0);
const positionsPerMs = 1_000;

interface Place extends BatchPlace {
  /** Monotonic: the host's clock may step. Negative for what an earlier process wrote. */
  readonly writtenAtMs: number;
}

/** Loaded late: where there is no build of SQLite for a platform, the log still works in memory. */
async function loadSqlite() {
  const [{ openEventStore }, { takeOwnership, OwnedError }] = await Promise.all([
    import('./event-store'),
    import('@/lib/server/storage/ownership'),
  ]);
  return { openEventStore, takeOwnership, OwnedError };
}

export async function openDisk(options: DiskOptions): Promise<Disk> {
  const { dataDir, now, monotonicNow } = options;
  const path = join(dataDir, 'log.db');
  /** Two writers would give out the same ids. */
  const lockPath = join(dataDir, 'hostbeat.lock');
  const invented = new CustomTypes();
  const retention = openRetentionClock(options);
  const receipts = new Map<string, KeptReceipt>();
  let ownership: Ownership | null = null;
  let isFolderTaken = false;
  const idPath = join(dataDir, 'log.id');
  /** What `places` and the like were read from. */
  let known: EventStore | null = null;
  let memory: (() => InMemory) | null = null;
  let id = options.newId();
  let formerId: string | null = null;
  let headSeq = 0;
  let tailSeq = 1;
  let writtenTo = 0;
  let reservedTo = 0;
  let places: Place[] = [];
  let holes: SeqRange[] = [];
  let prunedAt = monotonicNow();
  let writtenSinceLook = 0;

  const sqlite = await loadSqlite().catch((cause: unknown) => cause as Error);

  /** Throws. */
  function own(): void {
    if (sqlite instanceof Error) throw sqlite;
    if (ownership?.isCurrent()) return;
    ownership?.release();
    ownership = null;
    try {
      ownership = sqlite.takeOwnership(lockPath);
      isFolderTaken = false;
    } catch (error) {
      isFolderTaken = error instanceof sqlite.OwnedError;
      // Nobody writes there, so what is there can be read.
      if (!isOnReadOnlyFileSystem(lockPath)) throw error;
    }
  }

  /** Waits for a Hostbeat that is just stopping. */
  async function waitForOwner(): Promise<void> {
    const deadline = monotonicNow() + (options.waitForOwnerMs ?? 6_000);
    while (!ownership) {
      try {
        own();
        return;
      } catch {
        if (!isFolderTaken || monotonicNow() >= deadline) return;
        await delay(ownerLookMs);
      }
    }
  }

  function open(at: string): EventStore {
    own();
    if (sqlite instanceof Error) throw sqlite;
    return sqlite.openEventStore(at, { maxPages: options.maxPages });
  }

  /** Takes up the log that the database holds; `true` when its positions cannot be reserved yet. Throws. */
  function adopt(opened: EventStore): boolean {
    const { row } = opened;
    let isBehind = false;
    if (!row) begin(opened);
    else if (!memory) isBehind = !startFrom(opened, row);
    else goOnWith(opened, row, memory().headSeq);
    learn(opened);
    keepId(idPath, id);
    if (!isBehind) shrink(opened);
    return isBehind;
  }

  /** At the start. Whether its positions could be reserved. Throws. */
  function startFrom(opened: EventStore, row: LogRow): boolean {
    const last = Math.max(opened.lastSeq(), row.tailSeq - 1);
    const goOn = (from: number) => {
      headSeq = from;
      writtenTo = from;
      holes = opened.gaps();
      if (from > last) holes.push({ fromSeq: last + 1, toSeq: from });
    };
    id = row.id;
    tailSeq = row.tailSeq;
    goOn(Math.max(last, row.reservedTo));
    try {
      opened.addGaps(holes);
      reserve(opened, headSeq);
      return true;
    } catch (error) {
      if (faultOf(error).isCorrupt) throw error;
      // What cannot be reserved must not be what the next run begins with.
      goOn(Math.max(headSeq + reservedBlock, unusedSeq(path, now())));
      return false;
    }
  }

  /** This log began while the database could not be read: what it has goes on in the log that is there. Throws. */
  function goOnWith(opened: EventStore, row: LogRow, newest: number): void {
    const last = Math.max(opened.lastSeq(), row.tailSeq - 1);
    if (Math.max(last, row.reservedTo) > headSeq) {
      throw new Error('its positions are beyond those of this run; restart Hostbeat to go on with it');
    }
    holes = [...opened.gaps(), { fromSeq: last + 1, toSeq: headSeq }];
    opened.addGaps(holes);
    reserve(opened, newest);
    opened.addCustomTypes(invented);
    tailSeq = row.tailSeq;
    writtenTo = headSeq;
    if (row.id !== id) formerId = id;
    id = row.id;
    options.onFound();
  }

  /** Throws. */
  function reserve(opened: EventStore, newest: number): void {
    reservedTo = Math.max(reservedTo, newest + reservedBlock);
    opened.reserve(reservedTo);
  }

  /** Makes a new database this log's. Throws. */
  function begin(opened: EventStore): void {
    const { headSeq: newest, tailSeq: oldest } = memory?.() ?? { headSeq, tailSeq: headSeq + 1 };
    reservedTo = newest + reservedBlock;
    opened.begin({ id, reservedTo, tailSeq: oldest });
    opened.addGaps(holes.filter(({ fromSeq }) => fromSeq >= oldest));
    opened.addCustomTypes(invented);
    opened.addReceipts([...receipts.values()]);
    tailSeq = oldest;
    // Whatever memory has, what outlived its window included, is to be written.
    writtenTo = 0;
  }

  /** After a fault, or in a database that had to be opened again. Throws. */
  function refresh(opened: EventStore): void {
    const { row } = opened;
    if (!row) begin(opened);
    else {
      opened.addGaps(holes);
      reserve(opened, memory?.().headSeq ?? headSeq);
      if (opened !== known) {
        tailSeq = row.tailSeq;
        writtenTo = Math.max(opened.lastSeq(), tailSeq - 1);
      }
    }
    if (opened !== known) learn(opened);
    const events = memory?.().unwritten() ?? [];
    if (events.length === 0) return;
    opened.write(events, { synced: true });
    opened.addGaps(noteWritten(events));
  }

  /** What is known without asking again. Throws. */
  function learn(opened: EventStore): void {
    const found = opened.batches();
    const times = found.flatMap(({ firstT, lastT }) => [firstT, lastT]);
    retention.startFrom([...times, ...opened.durableTimes()]);
    const present = retention.now();
    let newestT = Number.NEGATIVE_INFINITY;
    places = found.map((place) => {
      // No batch is older than the one before: what is published may bear any time.
      newestT = Math.max(newestT, place.lastT);
      return { ...place, writtenAtMs: monotonicNow() - Math.max(0, present - newestT) };
    });
    for (const { name, publisher } of opened.customTypes()) invented.add(name, publisher);
    known = opened;
  }

  /** What an earlier start was let take, and this one is not. Throws. */
  function shrink(opened: EventStore): void {
    const { fileBytes } = opened.size();
    if (fileBytes <= options.maxBytes) return;
    keepInBounds(opened);
    if (opened.size().usedBytes < fileBytes * 0.75) opened.shrink();
  }

  /** Gives the holes between them. */
  function noteWritten(events: readonly LoggedEvent[]): SeqRange[] {
    let previous = Math.max(writtenTo, tailSeq - 1);
    const found: SeqRange[] = [];
    for (const { seq } of events) {
      if (seq > previous + 1) found.push({ fromSeq: previous + 1, toSeq: seq - 1 });
      previous = Math.max(previous, seq);
    }
    holes.push(...found);
    writtenTo = Math.max(writtenTo, previous);
    const samples = events.filter(({ type }) => isSampleType(type));
    const [first, last] = [samples[0], samples.at(-1)];
    if (first && last) {
      places.push({
        firstSeq: first.seq,
        lastSeq: last.seq,
        firstT: first.t,
        lastT: last.t,
        writtenAtMs: monotonicNow(),
      });
    }
    return found;
  }

  /** Throws. */
  function deleteBatches(opened: EventStore, gone: readonly Place[]): void {
    const toSeq = gone.at(-1)?.lastSeq;
    if (toSeq === undefined) return;
    opened.deleteBatches(toSeq);
    places = places.slice(gone.length);
    tailSeq = Math.max(tailSeq, toSeq + 1);
  }

  /** Of samples, of what Hostbeat has seen and of what was published, that which takes most gives its oldest. Throws. */
  function keepInBounds(opened: EventStore): void {
    writtenSinceLook = 0;
    for (let slices = 0; slices < slicesPerLook; slices += 1) {
      if (opened.size().usedBytes <= options.maxBytes) return;
      const { samples, own, published } = opened.weights();
      if (samples < Math.max(own, published))
        opened.deleteOldest(published >= own ? 'published' : 'own', sliceShare);
      else if (places.length === 0) return;
      else deleteBatches(opened, places.slice(0, Math.ceil(places.length / sliceShare)));
    }
  }

  if (!(sqlite instanceof Error)) await waitForOwner();
  const database = new SupervisedDatabase<EventStore>({
    path,
    open,
    adopt,
    refresh,
    now,
    retryMs: options.retryMs,
    onSetAside: options.onSetAside,
    onReport: options.onReport,
  });
  if (!database.isAdopted && !(sqlite instanceof Error)) {
    headSeq = unusedSeq(path, now());
    tailSeq = headSeq + 1;
    writtenTo = headSeq;
    // While another process has the log, its id is that one's.
    if (!isFolderTaken) id = readKeptId(idPath) ?? id;
    // What is in the database counts as lost until it can be read.
    holes = [{ fromSeq: 1, toSeq: headSeq }];
  }

  return {
    get id() {
      return id;
    },
    get formerId() {
      return formerId;
    },
    get isProvisional() {
      return !database.isAdopted && !(sqlite instanceof Error);
    },
    get isFolderTaken() {
      return isFolderTaken;
    },
    get headSeq() {
      return headSeq;
    },
    get tailSeq() {
      return database.isReadable ? tailSeq : Number.POSITIVE_INFINITY;
    },
    get writtenTo() {
      return writtenTo;
    },
    get problem() {
      return database.problem;
    },
    get defects() {
      return defectsOf(path, known?.unreadable.size ?? 0);
    },
    customTypes: invented,
    watch(of) {
      memory = of;
    },
    reserveFor(seq) {
      if (seq <= reservedTo) return;
      database.write((open) => {
        open.reserve(seq + reservedBlock);
        reservedTo = seq + reservedBlock;
      });
    },
    write(eventsNow, writeOptions) {
      let events: readonly LoggedEvent[] = [];
      const isWritten = database.write((open) => {
        events = eventsNow();
        if (events.length > 0) open.write(events, writeOptions);
      });
      if (!isWritten || events.length === 0) return isWritten;
      for (const receipt of writeOptions.receipts ?? []) rememberReceipt(receipt);
      const found = noteWritten(events);
      writtenSinceLook += events.reduce((sum, { json }) => sum + json.length, 0);
      const isLarge = writtenSinceLook > options.maxBytes / lookShare;
      const isRunningOut = reservedTo - writtenTo < reservedBlock / 2;
      // What was written stays written, whatever becomes of this.
      if (found.length > 0 || isLarge || isRunningOut) {
        database.write((open) => {
          open.addGaps(found);
          if (isLarge) keepInBounds(open);
          if (isRunningOut) reserve(open, writtenTo);
        });
      }
      return true;
    },
    read: (afterSeq, beforeSeq, limit) => database.read((open) => open.read(afterSeq, beforeSeq, limit), []),
    readDurable: (afterSeq, toSeq, limit) =>
      database.read((open) => open.readDurable(afterSeq, toSeq, limit), []),
    readDurableBefore: (beforeSeq, afterSeq, limit) =>
      database.read((open) => open.readDurableBefore(beforeSeq, afterSeq, limit), []),
    readDurableByTime: (query) => database.read((open) => open.readDurableByTime(query), []),
    countDurable: (afterSeq, toSeq) => database.read((open) => open.countDurable(afterSeq, toSeq), 0),
    hasGap(afterSeq, toSeq) {
      const isIn = (hole: SeqRange) => hole.fromSeq <= toSeq && hole.toSeq > afterSeq;
      return holes.some(isIn) || [...(known?.unreadable.values() ?? [])].some(isIn);
    },
    receipt: (keyName) =>
      database.read<Receipt | null | undefined>((open) => open.receipt(keyName), undefined),
    seqBefore(t) {
      let younger = false;
      for (let index = places.length - 1; index >= 0; index -= 1) {
        const place = places[index];
        if (!place || place.firstT >= t) {
          younger = true;
          continue;
        }
        const events = database.read((open) => open.read(place.firstSeq - 1, place.lastSeq + 1, 1e6), []);
        const before = events.findLast((event) => event.t < t && tellsTime(event.type));
        const last = events.findLast(({ type }) => tellsTime(type));
        return !younger && before === last ? null : (before?.seq ?? place.firstSeq - 1);
      }
      return younger ? tailSeq - 1 : null;
    },
    addCustomType(name, publisher) {
      if (invented.add(name, publisher)) database.write((open) => open.addCustomTypes([{ name, publisher }]));
    },
    heal() {
      database.heal();
    },
    prune({ everyMs }) {
      const present = monotonicNow();
      if (present - prunedAt < everyMs) return;
      prunedAt = present;
      const horizon = present - options.replayMs;
      const bounds = {
        durableBefore: retention.now() - durableKeptMs,
        maxOwn: ownLastingMax,
        maxPublished: publishedLastingMax,
        receiptsBefore: retention.now() - receiptMs,
        maxReceipts: receiptsMax,
      };
      database.write((open) => {
        deleteBatches(
          open,
          places.filter(({ writtenAtMs }) => writtenAtMs < horizon),
        );
        open.deleteDurable(bounds);
        keepInBounds(open);
        for (const name of open.forgetUnusedTypes()) invented.forget(name);
      });
    },
    use: () => ({ bytes: database.read((open) => open.size().fileBytes, 0), maxBytes: options.maxBytes }),
    close(lastSeq) {
      database.close((open) => {
        reservedTo = lastSeq;
        open.reserve(lastSeq);
      });
      known = null;
      ownership?.release();
      ownership = null;
    },
  };

  function rememberReceipt(receipt: KeptReceipt): void {
    receipts.set(receipt.name, receipt);
    const [oldest] = receipts.keys();
    if (receipts.size > rememberedReceiptsMax && oldest !== undefined) receipts.delete(oldest);
  }
}

function defectsOf(path: string, rows: number): string[] {
  return rows > 0 ? [`${path}: ${rows} stored ${rows === 1 ? 'row' : 'rows'} of events cannot be read`] : [];
}

/**
 * A position beyond all that earlier runs can have given out, for when those are not known: by the clock, and by the
 * clock as it was when the file was written. Where no folder can be, no earlier run was.
 */
function unusedSeq(path: string, now: number): number {
  try {
    lstatSync(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return 0;
  }
  return Math.ceil(Math.max(now, epochMs, writtenMs(path), writtenMs(`${path}-wal`))) * positionsPerMs;
}

function writtenMs(path: string): number {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}
