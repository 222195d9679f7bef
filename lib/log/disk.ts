import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DiskUse, LastingByTime, LoggedEvent, Receipt } from '@/lib/events/event-log';
import { isSampleType, occurrencesKeptMs, tellsTime } from '@/lib/events/event-types';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import type { BatchPlace, EventStore, WriteOptions } from './event-store';

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
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: (path: string, reason: string) => void;
  readonly newId: () => string;
  readonly now: () => number;
  readonly monotonicNow: () => number;
}

/** What the log holds in memory, for a database that has to start from it. */
export interface InMemory {
  readonly headSeq: number;
  readonly tailSeq: number;
}

/**
 * The log's part on disk, and how it fares. Nothing here throws: a fault becomes `problem`, reads then give
 * what there is, writes give `false`, and `heal` tries again.
 */
export interface Disk {
  readonly id: string;
  /** Where ids go on from: everything up to here is taken, the block that a crash left included. */
  readonly headSeq: number;
  readonly tailSeq: number;
  /** Everything up to here is on disk, or nowhere. */
  readonly writtenTo: number;
  readonly problem: string | null;
  readonly inventedTypes: ReadonlySet<string>;
  /** Makes sure that no id up to `seq` is given out again, whatever happens. */
  reserveFor(seq: number): void;
  write(events: readonly LoggedEvent[], options: WriteOptions): boolean;
  read(afterSeq: number, beforeSeq: number, limit: number): LoggedEvent[];
  readLasting(afterSeq: number, toSeq: number, limit: number): LoggedEvent[];
  readLastingByTime(query: LastingByTime): LoggedEvent[];
  countLasting(afterSeq: number, toSeq: number): number;
  hasHole(afterSeq: number, toSeq: number): boolean;
  /** `undefined` while nobody can tell. */
  receipt(keyName: string): Receipt | null | undefined;
  /** The seq before the first sample that is `t` (Unix ms) or younger; `null` when none is. */
  seqBefore(t: number): number | null;
  noteInventedType(name: string): void;
  /** Opens what is closed and replaces what has vanished. */
  heal(memory: InMemory): void;
  /** Deletes what has had its time, unless that was done less than `everyMs` ago, and what there is no room for. */
  prune(options: { everyMs: number }): void;
  use(): DiskUse;
  close(headSeq: number): void;
}

/** A block this large lasts for hours on a full disk, and looks like a skip only after a crash. */
const reservedBlock = 1_000_000;
const lastingMax = 500_000;
const receiptMs = 24 * 3_600_000;
const receiptsMax = 100_000;
const ownerLookMs = 100;
/** How much is deleted at once where there is no room: a share of the samples, or so many events that last. */
const sliceShare = 8;
const lastingSlice = 2_000;
const slicesPerLook = 16;
/** The file is looked at again when this share of what it may take was written. */
const lookShare = 32;

interface Place extends BatchPlace {
  /** Monotonic: the host's clock may step. Negative for what an earlier process wrote. */
  readonly writtenAtMs: number;
}

/** Loaded late: where there is no build of SQLite for a platform, the log still works in memory. */
async function loadSqlite() {
  const [{ openEventStore }, { takeOwnership, OwnedError }] = await Promise.all([
    import('./event-store'),
    import('@/lib/sqlite/ownership'),
  ]);
  return { openEventStore, takeOwnership, OwnedError };
}

type Sqlite = Awaited<ReturnType<typeof loadSqlite>>;

export async function openDisk(options: DiskOptions): Promise<Disk> {
  const { dataDir, now, monotonicNow } = options;
  const path = join(dataDir, 'log.db');
  /** Two writers would give out the same ids. */
  const lockPath = join(dataDir, 'hostbeat.lock');
  const invented = new Set<string>();
  let sqlite: Sqlite | null = null;
  let ownership: { release(): void } | null = null;
  let store: EventStore | null = null;
  let inode = 0;
  let id = options.newId();
  let headSeq = 0;
  let tailSeq = 1;
  let writtenTo = 0;
  let reservedTo = 0;
  let places: Place[] = [];
  let holes: { fromSeq: number; toSeq: number }[] = [];
  let problem: string | null = null;
  let prunedAt = monotonicNow();
  let writtenSinceLook = 0;

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    if (!fault.isCorrupt) return;
    closeStore();
    try {
      const name = setAside(path, new Date(now()));
      problem = null;
      options.onSetAside?.(name, fault.words);
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  /** Whether it could be done. */
  function manage(work: (open: EventStore) => void): boolean {
    return attempt((open) => {
      work(open);
      return true;
    }, false);
  }

  function attempt<T>(work: (open: EventStore) => T, otherwise: T): T {
    if (!store) return otherwise;
    try {
      return work(store);
    } catch (error) {
      fail(error);
      return otherwise;
    }
  }

  function closeStore(): void {
    try {
      store?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    store = null;
  }

  /** Opens the database, a new one where a corrupt one had to be set aside. Throws. */
  function open({ openEventStore, takeOwnership }: Sqlite): EventStore {
    ownership ??= takeOwnership(lockPath);
    const opened = openEventStore(path, { maxPages: options.maxPages });
    inode = statSync(path).ino;
    return opened;
  }

  /** Takes up the log that the database holds. Throws. */
  function takeUp(opened: EventStore): void {
    const row = opened.row;
    const last = Math.max(opened.lastSeq(), (row?.tailSeq ?? 1) - 1);
    if (row) {
      id = row.id;
      tailSeq = row.tailSeq;
      reservedTo = row.reservedTo;
      headSeq = Math.max(last, reservedTo);
      if (headSeq > last) opened.addHole(last + 1, headSeq);
    } else {
      opened.adopt({ id, reservedTo: 0, tailSeq: 1 });
    }
    writtenTo = headSeq;
    remember(opened);
    store = opened;
    problem = null;
    attempt(shrink, undefined);
  }

  /** What an earlier start was let take, and this one is not. Throws. */
  function shrink(opened: EventStore): void {
    const { fileBytes } = opened.size();
    if (fileBytes <= options.maxBytes) return;
    keepInBounds();
    if (opened.size().usedBytes < fileBytes * 0.75) opened.shrink();
  }

  /** Goes on in a database that this log was not in so far. Throws. */
  function moveInto(opened: EventStore, memory: InMemory): void {
    reservedTo = memory.headSeq + reservedBlock;
    if (opened.row?.id === id) {
      opened.reserve(reservedTo);
      writtenTo = opened.lastSeq();
    } else {
      opened.adopt({ id, reservedTo, tailSeq: memory.tailSeq });
      writtenTo = 0;
    }
    tailSeq = opened.row?.tailSeq ?? memory.tailSeq;
    for (const name of invented) opened.addInventedType(name);
    remember(opened);
    store = opened;
    problem = null;
  }

  function remember(opened: EventStore): void {
    const present = now();
    places = opened.batches().map((place) => {
      const age = Math.max(0, present - place.lastT);
      return { ...place, writtenAtMs: monotonicNow() - age };
    });
    holes = opened.holes();
    for (const name of opened.inventedTypes()) invented.add(name);
  }

  function tryOpen(use: (opened: EventStore) => void): void {
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2 && sqlite && !store; tries += 1) {
      let opened: EventStore | null = null;
      try {
        opened = open(sqlite);
        use(opened);
      } catch (error) {
        opened?.close();
        fail(error);
        if (problem !== null) return;
      }
    }
  }

  /** Waits for a Hostbeat that is just stopping. Throws. */
  async function own({ takeOwnership, OwnedError }: Sqlite): Promise<void> {
    const deadline = monotonicNow() + (options.waitForOwnerMs ?? 6_000);
    while (!ownership) {
      try {
        ownership = takeOwnership(lockPath);
      } catch (error) {
        if (!(error instanceof OwnedError) || monotonicNow() >= deadline) throw error;
        await delay(ownerLookMs);
      }
    }
  }

  try {
    sqlite = await loadSqlite();
    await own(sqlite);
    tryOpen(takeUp);
  } catch (error) {
    fail(error);
  }

  function hasVanished(): boolean {
    try {
      return !existsSync(path) || statSync(path).ino !== inode;
    } catch {
      return false;
    }
  }

  function noteHole(fromSeq: number, toSeq: number): void {
    holes.push({ fromSeq, toSeq });
    manage((open) => open.addHole(fromSeq, toSeq));
  }

  function noteWritten(events: readonly LoggedEvent[]): void {
    let previous = Math.max(writtenTo, tailSeq - 1);
    for (const { seq } of events) {
      if (seq > previous + 1) noteHole(previous + 1, seq - 1);
      previous = Math.max(previous, seq);
    }
    writtenTo = Math.max(writtenTo, previous);
    const samples = events.filter(({ type }) => isSampleType(type));
    const [first, last] = [samples[0], samples.at(-1)];
    if (!first || !last) return;
    places.push({
      firstSeq: first.seq,
      lastSeq: last.seq,
      firstT: first.t,
      lastT: last.t,
      writtenAtMs: monotonicNow(),
    });
  }

  function deleteBatches(gone: readonly Place[]): boolean {
    const toSeq = gone.at(-1)?.lastSeq;
    if (toSeq === undefined || !manage((open) => open.deleteBatches(toSeq))) return false;
    places = places.slice(gone.length);
    tailSeq = Math.max(tailSeq, toSeq + 1);
    return true;
  }

  /** Of samples and of what lasts, that which takes more gives its oldest. */
  function keepInBounds(): void {
    writtenSinceLook = 0;
    for (let slices = 0; slices < slicesPerLook; slices += 1) {
      const used = attempt((open) => open.size().usedBytes, 0);
      if (used <= options.maxBytes) return;
      const { samples, lasting } = attempt((open) => open.weights(), { samples: 0, lasting: 0 });
      const done =
        samples >= lasting
          ? deleteBatches(places.slice(0, Math.ceil(places.length / sliceShare)))
          : manage((open) => open.deleteOldestLasting(lastingSlice));
      if (!done) return;
    }
  }

  return {
    get id() {
      return id;
    },
    get headSeq() {
      return headSeq;
    },
    get tailSeq() {
      return store ? tailSeq : Number.POSITIVE_INFINITY;
    },
    get writtenTo() {
      return writtenTo;
    },
    get problem() {
      return problem;
    },
    inventedTypes: invented,
    reserveFor(seq) {
      if (seq <= reservedTo) return;
      const next = seq + reservedBlock;
      if (manage((open) => open.reserve(next))) reservedTo = next;
    },
    write(events, writeOptions) {
      if (events.length === 0) return store !== null;
      const written = manage((open) => open.write(events, writeOptions));
      if (!written) return false;
      problem = null;
      noteWritten(events);
      writtenSinceLook += events.reduce((sum, { json }) => sum + json.length, 0);
      if (writtenSinceLook > options.maxBytes / lookShare) keepInBounds();
      if (reservedTo - writtenTo < reservedBlock / 2) {
        const next = writtenTo + reservedBlock;
        if (manage((open) => open.reserve(next))) reservedTo = next;
      }
      return true;
    },
    read: (afterSeq, beforeSeq, limit) => attempt((open) => open.read(afterSeq, beforeSeq, limit), []),
    readLasting: (afterSeq, toSeq, limit) => attempt((open) => open.readLasting(afterSeq, toSeq, limit), []),
    readLastingByTime: (query) => attempt((open) => open.readLastingByTime(query), []),
    countLasting: (afterSeq, toSeq) => attempt((open) => open.countLasting(afterSeq, toSeq), 0),
    hasHole: (afterSeq, toSeq) => holes.some((hole) => hole.fromSeq <= toSeq && hole.toSeq > afterSeq),
    receipt: (keyName) => attempt<Receipt | null | undefined>((open) => open.receipt(keyName), undefined),
    seqBefore(t) {
      let younger = false;
      for (let index = places.length - 1; index >= 0; index -= 1) {
        const place = places[index];
        if (!place || place.firstT >= t) {
          younger = true;
          continue;
        }
        const events = attempt((open) => open.read(place.firstSeq - 1, place.lastSeq + 1, 1e6), []);
        const before = events.findLast((event) => event.t < t && tellsTime(event.type));
        const last = events.findLast(({ type }) => tellsTime(type));
        return !younger && before === last ? null : (before?.seq ?? place.firstSeq - 1);
      }
      return younger ? tailSeq - 1 : null;
    },
    noteInventedType(name) {
      if (invented.has(name)) return;
      invented.add(name);
      manage((open) => open.addInventedType(name));
    },
    heal(memory) {
      if (store && hasVanished()) {
        problem = `${path}: it has vanished`;
        closeStore();
      }
      if (!store) tryOpen((opened) => moveInto(opened, memory));
      // A fault of reading alone is not mended by the next write, so this asks.
      else if (problem !== null && manage((open) => open.reserve(reservedTo))) problem = null;
    },
    prune({ everyMs }) {
      const present = monotonicNow();
      if (present - prunedAt < everyMs) return;
      prunedAt = present;
      const horizon = present - options.replayMs;
      const gone = places.filter(({ writtenAtMs }) => writtenAtMs < horizon);
      deleteBatches(gone);
      const bounds = {
        lastingBefore: now() - occurrencesKeptMs,
        maxLasting: lastingMax,
        receiptsBefore: now() - receiptMs,
        maxReceipts: receiptsMax,
      };
      manage((open) => open.deleteLasting(bounds));
      keepInBounds();
    },
    use: () => ({ bytes: attempt((open) => open.size().fileBytes, 0), maxBytes: options.maxBytes }),
    close(lastSeq) {
      if (problem === null) manage((open) => open.reserve(lastSeq));
      closeStore();
      ownership?.release();
      ownership = null;
    },
  };
}
