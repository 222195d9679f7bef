import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog, LoggedEvent } from '@/lib/events/event-log';
import type { LoggedPayloads, SampleType } from '@/lib/events/event-types';
import { isSampleType, tellsTime } from '@/lib/events/event-types';
import type { Boot, HistoryGap, HistorySteps, StepsQuery } from '@/lib/events/history';
import { eachMetric, unitOfMetric } from '@/lib/events/metrics';
import { type OnSetAside, SupervisedDatabase } from '@/lib/sqlite/supervised-database';
import { openBlocks } from './blocks';
import { openGapRecord } from './gap-record';
import { type Folded, type HistoryStore, type MetricRow, openHistoryStore } from './history-store';
import { type Level, ladder, type StepsAsked, stepsFor } from './ladder';
import { type Point, pointsOf } from './series';
import { stepsOf } from './steps';
import { openVigil, type Vigil } from './vigil';

export interface HistoryOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  /** This run of the machine. Without it, what lies between two runs of Hostbeat is told from the log alone. */
  readonly boot?: Boot;
  /** How often samples come. Default 1 s. */
  readonly intervalMs?: number;
  /** What the database may take of the disk. Default 512 MiB. */
  readonly maxBytes?: number;
  /** The database grows no further than this; for tests of a full disk. */
  readonly maxPages?: number;
  readonly now?: () => number;
  readonly vigil?: Vigil;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside;
  /** One line each time that what is wrong with keeping it changes. */
  readonly onReport?: (line: string) => void;
}

export interface SeriesQuery extends StepsAsked {
  readonly host: string;
  readonly metrics: readonly string[];
}

export interface HistorySeries {
  readonly metric: string;
  readonly unit: string;
  readonly stepMs: number;
  readonly points: readonly Point[];
}

export interface MetricSummary {
  readonly name: string;
  readonly unit: string;
  readonly last: { readonly t: number; readonly value: number | null } | null;
}

export interface History {
  /** A series per asked metric that is known, in the asked order. */
  query(query: SeriesQuery): HistorySeries[];
  /** What is known of a host, by name. */
  metrics(host: string): MetricSummary[];
  knows(host: string, metric: string): boolean;
  /** When nothing was measured of a host in `from` to `to` (Unix ms), whole and in order; the newest 10,000. */
  gaps(host: string, from: number, to: number): readonly HistoryGap[];
  /** The first steps that are kept from `from` on, by the finest block there is; `null` when there is none before `to`. */
  steps(query: StepsQuery): HistorySteps | null;
  /** What it takes on disk and may take, in bytes; and what it has written since it was opened. */
  size(): { readonly bytes: number; readonly maxBytes: number; readonly writtenBytes: number };
  /** What is wrong, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What of it cannot be read, a line each. It is left out, and told as a gap. */
  readonly defects: readonly string[];
  /** Everything up to here is in it. */
  readonly foldedSeq: number;
  /** Takes in what the log has, and writes it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const eventsPerTurn = 512;
/** After a block of the finest level is complete: samples of its last second are in by then. */
const slackMs = 15_000;
/** Names of containers and interfaces come and go; beyond this many, new ones are left out. 10 MiB of memory. */
const metricsMax = 2_000;
const defaultMaxBytes = 512 * 1024 * 1024;
/** A page is written to the write-ahead log first, and to its place afterwards. */
const writesPerByte = 2;

/**
 * A cursor over the log that folds every number of every sample into the ladder. It remembers how far it came in
 * the same transaction as what it wrote, so a crash neither loses nor doubles: the log still has the rest.
 */
export function openHistory({
  log,
  dataDir,
  now = Date.now,
  onSetAside,
  onReport,
  ...options
}: HistoryOptions): History {
  const { intervalMs = 1_000, maxBytes = defaultMaxBytes, vigil = openVigil() } = options;
  const path = join(dataDir, 'history.db');
  let seq = log.tailSeq - 1;
  /** From here on the log is of this run. */
  const firstSeq = log.headSeq + 1;
  /** How far the stored log was folded, while that cannot be read. */
  let storedPlace: Folded | null = null;
  let isLogFound = !log.isProvisional;
  let fault: string | null = null;
  let writtenBytes = 0;
  let pumping: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  /** Off while nothing but memory can be asked. */
  let isReading = true;
  let current: SupervisedDatabase<HistoryStore> | null = null;
  const stored = () => (isReading ? (current?.tables ?? null) : null);
  const blocks = openBlocks(stored, maxBytes);
  const record = openGapRecord({ log, boot: options.boot ?? null, intervalMs, vigil, now, stored });
  const byName = new Map<string, MetricRow>();
  let added: MetricRow[] = [];
  let nextId = 1;
  const last = new Map<number, { readonly t: number; readonly value: number | null }>();

  const nameKey = (host: string, name: string) => `${host}\n${name}`;

  const database = new SupervisedDatabase<HistoryStore>({
    path,
    open: (at) => openHistoryStore(at, options.maxPages),
    adopt(store) {
      const folded = store.folded();
      takeNumbers(store);
      if (log.isProvisional) storedPlace = folded;
      else if (folded?.logId === log.id) seq = Math.max(seq, Math.min(folded.seq, log.headSeq));
      record.attach(store);
      shrink(store);
      return false;
    },
    refresh(store) {
      record.attach(store);
      added = [...byName.values()];
      commitTo(store);
    },
    heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
    onSetAside,
    onReport,
    now,
  });
  current = database;

  /** What an earlier start was let take, and this one is not. */
  function shrink(opened: HistoryStore): void {
    const { fileBytes, usedBytes } = opened.size();
    if (fileBytes > maxBytes && usedBytes < fileBytes * 0.75) opened.shrink();
  }

  /** The database's numbers of metrics are those that count; memory may have begun without them. */
  function takeNumbers(store: HistoryStore): void {
    const begun = [...byName.values()];
    byName.clear();
    added = [];
    nextId = 1;
    for (const row of store.metrics()) {
      byName.set(nameKey(row.host, row.name), row);
      nextId = Math.max(nextId, row.id + 1);
    }
    if (begun.length === 0) return;
    const numbers = new Map<number, number>();
    const lastValues = new Map(last);
    last.clear();
    for (const { id, host, name } of begun) {
      const number = numberOf(host, name);
      if (number === null) continue;
      numbers.set(id, number);
      const value = lastValues.get(id);
      if (value) last.set(number, value);
    }
    blocks.join(store, numbers);
  }

  function numberOf(host: string, name: string): number | null {
    const known = byName.get(nameKey(host, name));
    if (known) return known.id;
    if (byName.size >= metricsMax) return null;
    const row = { id: nextId, host, name, unit: unitOfMetric(name) };
    nextId += 1;
    byName.set(nameKey(host, name), row);
    added.push(row);
    return row.id;
  }

  function fold(event: LoggedEvent): void {
    if (!isSampleType(event.type)) {
      record.heard(event);
      return;
    }
    if (tellsTime(event.type)) record.sample(event);
    foldSample(event);
  }

  function foldSample({ type, host, t, json }: LoggedEvent): void {
    const payload = JSON.parse(json) as LoggedPayloads[SampleType];
    eachMetric(type as SampleType, payload as never, (name, value) => {
      const id = numberOf(host, name);
      if (id === null) return;
      const known = last.get(id);
      if (!known || known.t <= t || isLogFound) last.set(id, { t, value });
      if (value !== null && Number.isFinite(value)) blocks.add(id, t, value);
    });
  }

  async function pump(): Promise<void> {
    await foldFoundLog();
    while (seq < log.headSeq) {
      const head = log.headSeq;
      const events = await log.read(seq, eventsPerTurn);
      for (const event of events) fold(event);
      // The last ids before a crash may have been given to nothing.
      seq = events.at(-1)?.seq ?? head;
      if (record.isUrgent()) note();
      if (seq < log.headSeq) await nextTurn();
    }
  }

  /** The stored log can be read at last: what history had not folded of it is folded now, up to where this run began. */
  async function foldFoundLog(): Promise<void> {
    if (isLogFound || log.isProvisional) return;
    let at = storedPlace?.logId === log.id ? storedPlace.seq : log.tailSeq - 1;
    for (;;) {
      const events = await log.read(at, eventsPerTurn);
      const earlier = events.filter((event) => event.seq < firstSeq);
      for (const event of earlier) if (isSampleType(event.type)) foldSample(event);
      at = earlier.at(-1)?.seq ?? at;
      if (earlier.length === 0 || earlier.length < events.length) break;
      await nextTurn();
    }
    storedPlace = null;
    isLogFound = true;
    commit();
  }

  /** What the log has is taken in soon after it was appended, behind the streams. */
  function wake(): void {
    if (pumping || closed) return;
    pumping = nextTurn()
      .then(pump)
      .then(
        () => {
          fault = null;
        },
        (error: unknown) => {
          fault = `the log cannot be folded: ${error instanceof Error ? error.message : error}`;
        },
      )
      .finally(() => {
        pumping = null;
        if (seq < log.headSeq && fault === null) wake();
      });
  }

  function commit(): void {
    if (!database.heal()) {
      blocks.forget(now() - slackMs);
      return;
    }
    database.write(commitTo);
  }

  /** Throws what SQLite throws. */
  function commitTo(store: HistoryStore): void {
    const changes = blocks.changes(now() - slackMs);
    const folded = isLogFound ? { logId: log.id, seq } : (storedPlace ?? { logId: log.id, seq });
    store.commit({ folded, metrics: added, blocks: changes, ...record.changes() });
    for (const { body } of changes) writtenBytes += (body?.length ?? 0) * writesPerByte;
    blocks.settled(changes);
    record.settled();
    added = [];
  }

  /** What was missing is on disk soon: a process that is killed takes the reason with it. */
  function note(): void {
    database.write((store) => {
      store.note(record.changes());
      record.settled();
    });
  }

  function schedule(): void {
    if (closed) return;
    const [finest] = ladder as [Level, ...Level[]];
    const untilBoundary = finest.blockMs - ((now() - slackMs) % finest.blockMs);
    timer = setTimeout(() => {
      commit();
      schedule();
    }, untilBoundary);
    timer.unref();
  }

  /** What can be had: where the database fails, what memory knows. */
  function reading<R>(work: () => R): R {
    const found = database.read(() => ({ value: work() }), null);
    if (found) return found.value;
    isReading = false;
    try {
      return work();
    } finally {
      isReading = true;
    }
  }

  /** Blocks that cannot be read, where no finer ones stand in for them. */
  function unreadableGaps(from: number, to: number): HistoryGap[] {
    return [...blocks.unreadable.values()].flatMap(({ level, start }): HistoryGap[] => {
      const gap = { from: start, to: start + level.blockMs, cause: 'unreadable' as const };
      const isIn = gap.from < to && gap.to > from;
      return isIn && blocks.read(level, start, new Set()) === null ? [gap] : [];
    });
  }

  const stopListening = log.onAppend(wake);
  wake();
  schedule();

  return {
    query({ host, metrics, ...range }) {
      const steps = stepsFor(range, now());
      const rows = metrics.flatMap((metric) => byName.get(nameKey(host, metric)) ?? []);
      const ids = rows.map(({ id }) => id);
      const series = reading(() => pointsOf(blocks, ids, steps, range));
      return rows.map(({ id, name, unit }) => ({
        metric: name,
        unit,
        stepMs: steps.stepMs,
        points: series.get(id) ?? [],
      }));
    },
    gaps: (host, from, to) =>
      reading(() =>
        [...record.gaps({ host, from, to, earliest: blocks.earliest() }), ...unreadableGaps(from, to)].sort(
          (one, other) => one.from - other.from,
        ),
      ),
    steps({ host, wants, ...range }) {
      const rows = [...byName.values()].filter((row) => row.host === host && wants(row.name));
      return reading(() => stepsOf(blocks, rows, range));
    },
    metrics(host) {
      return [...byName.values()]
        .filter((row) => row.host === host)
        .map(({ id, name, unit }) => ({ name, unit, last: last.get(id) ?? null }))
        .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
    },
    knows: (host, metric) => byName.has(nameKey(host, metric)),
    size() {
      return { bytes: database.read((store) => store.size().fileBytes, 0), maxBytes, writtenBytes };
    },
    get problem() {
      return database.problem ?? fault;
    },
    get defects() {
      const { size } = blocks.unreadable;
      return size > 0 ? [`${path}: ${size} stored ${size === 1 ? 'block' : 'blocks'} cannot be read`] : [];
    },
    get foldedSeq() {
      return seq;
    },
    async settle() {
      while (seq < log.headSeq) {
        wake();
        await pumping;
      }
      commit();
    },
    async close() {
      closed = true;
      stopListening();
      if (timer) clearTimeout(timer);
      await pumping;
      await pump().catch(() => {});
      commit();
      vigil.stop();
      database.close((store) => store.endRun(now()));
    },
  };
}
