import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import { isSampleType, tellsTime } from '@/lib/protocol/event-types';
import type { Boot, HistoryGap, HistorySteps, StepsQuery } from '@/lib/protocol/history';
import { eachMetric } from '@/lib/protocol/metrics';
import { atOnce, type Work } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { openRetentionClock } from '@/lib/server/storage/retention-clock';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import { openBlocks } from './blocks';
import { type ClockMonitor, openClockMonitor } from './clock-monitor';
import { shortestGapMs } from './gap-detector';
import { openGapRecord } from './gap-record';
import { type HistoryStore, openHistoryStore, type RollupPosition } from './history-store';
import { firstMeasured, measuredIn } from './measured';
import { MetricNames, type NamesUse } from './metric-names';
import { type StepsAsked, stepsFor, type Tier, tiers } from './retention-tiers';
import { type Point, pointsOf } from './series';
import { stepsOf } from './steps';

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
  /** Ms since any fixed moment, suspension included; what is old is told by it. Default: since the machine started. */
  readonly elapsedMs?: () => number;
  readonly clockMonitor?: ClockMonitor;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside;
  /** One line each time that what is wrong with keeping it changes. */
  readonly onReport?: (line: string, path: string) => void;
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
  /** A series per asked metric that is known, in the asked order. Yields between blocks and some metrics at a time. */
  series(query: SeriesQuery): Work<HistorySeries[]>;
  /** The same at once. */
  query(query: SeriesQuery): HistorySeries[];
  /** What is known of a host, by name. */
  metrics(host: string): MetricSummary[];
  knows(host: string, metric: string): boolean;
  /** How many names have room, and how many were left out for want of it. */
  names(): NamesUse;
  /** When nothing was measured of a host in `from` to `to` (Unix ms), whole and in order; the newest 10,000. */
  gaps(host: string, from: number, to: number): readonly HistoryGap[];
  /** The first steps that are kept from `from` on, by the finest block there is; `null` when there is none before `to`. */
  steps(query: StepsQuery): Work<HistorySteps | null>;
  /** What it takes on disk and may take, in bytes; and what it has written since it was opened. */
  size(): { readonly bytes: number; readonly maxBytes: number; readonly writtenBytes: number };
  /** What is wrong, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What of it cannot be read, a line each. It is left out, and told as a gap. */
  readonly defects: readonly string[];
  /** Everything up to here is in it. */
  readonly rolledUpSeq: number;
  /** Where it reads: behind that while it takes in a log that could not be read at the start. */
  readonly readSeq: number;
  /** Takes in what the log has, and writes it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const eventsPerTurn = 512;
/** Events of many sensors are long: folding them goes on for so long before others have a turn. */
const turnMs = 8;
/** After a block of the finest level is complete: samples of its last second are in by then. */
const slackMs = 15_000;
/** Metrics of a query that are read together: a block is unpacked for so many in a millisecond or two. */
const metricsAtOnce = 8;
const witnesses = ['cpu.totalPercent', 'cpu.load1', 'memory.usedBytes', 'pressure.cpu.someAvg10'];
const defaultMaxBytes = 512 * 1024 * 1024;
/** A page is written to the write-ahead log first, and to its place afterwards. */
const writesPerByte = 2;

/**
 * A cursor over the log that folds every number of every sample into the tiers. It remembers how far it came in
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
  const { intervalMs = 1_000, maxBytes = defaultMaxBytes, clockMonitor = openClockMonitor() } = options;
  const path = join(dataDir, 'history.db');
  let seq = log.tailSeq - 1;
  /** From here on the log is of this run. */
  const firstSeq = log.headSeq + 1;
  /** How far the stored log was folded, while that cannot be read. */
  let storedPlace: RollupPosition | null = null;
  let isLogFound = !log.isProvisional;
  /** How far it is in a log that was found later; `null` while it is in none. */
  let foundSeq: number | null = null;
  let fault: string | null = null;
  let writtenBytes = 0;
  let pumping: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  /** Off while nothing but memory can be asked. */
  let isReading = true;
  let current: SupervisedDatabase<HistoryStore> | null = null;
  const stored = () => (isReading ? (current?.tables ?? null) : null);
  const retention = openRetentionClock({ now, elapsedMs: options.elapsedMs });
  const names = new MetricNames();
  const blocks = openBlocks(stored, maxBytes, (metric) => names.has(metric));
  const record = openGapRecord({
    log,
    boot: options.boot ?? null,
    intervalMs,
    clockMonitor,
    now,
    ask: (use, otherwise) => (isReading && current ? current.read(use, otherwise) : otherwise),
    measured: (host, within) =>
      reading(() => measuredIn(blocks, witnessesOf(host), within, shortestGapMs(intervalMs))),
    firstMeasured: (host, before) => reading(() => firstMeasured(blocks, witnessesOf(host), before)),
  });
  /** The stored gaps have not been compared with the blocks yet. */
  let isUnchecked = false;
  const last = new Map<number, { readonly t: number; readonly value: number | null }>();

  const database = new SupervisedDatabase<HistoryStore>({
    path,
    holds: 'the history is',
    open: (at) => openHistoryStore(at, options.maxPages),
    adopt(store) {
      const folded = store.rollupPosition();
      takeNumbers(store);
      if (log.isProvisional) storedPlace = folded;
      else if (folded?.logId === log.id) seq = Math.max(seq, Math.min(folded.seq, log.headSeq));
      record.attach(store);
      isUnchecked = true;
      retention.startFrom(recentStarts(store));
      shrink(store);
      return false;
    },
    refresh(store) {
      record.attach(store);
      names.markAll();
      commitTo(store);
    },
    heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
    onSetAside,
    onReport,
    now,
  });
  current = database;

  /** Where the blocks of the three finest levels begin, Unix ms. */
  function recentStarts(store: HistoryStore): number[] {
    return store.places().flatMap(({ level, start }) => (level < 3 ? [start] : []));
  }

  function checkGaps(): void {
    if (!isUnchecked || !database.isReadable) return;
    isUnchecked = false;
    record.check();
  }

  /** The metrics that are there whenever anything was measured of a host. A published sensor may tell any time. */
  function witnessesOf(host: string): ReadonlySet<number> {
    const named = witnesses.flatMap((name) => names.get(host, name)?.id ?? []);
    if (named.length > 0) return new Set(named);
    const own = names.rows().filter((row) => row.host === host && !row.name.startsWith('sensor.'));
    return new Set(own.slice(0, witnesses.length).map(({ id }) => id));
  }

  /** What an earlier start was let take, and this one is not. */
  function shrink(opened: HistoryStore): void {
    const { fileBytes, usedBytes } = opened.size();
    if (fileBytes > maxBytes && usedBytes < fileBytes * 0.75) opened.shrink();
  }

  /** The database's numbers of metrics are those that count; memory may have begun without them. */
  function takeNumbers(store: HistoryStore): void {
    const begun = names.rows();
    names.reset(store.metrics(), store.lastMetric());
    if (begun.length === 0) return;
    const numbers = new Map<number, number>();
    const lastValues = new Map(last);
    last.clear();
    for (const { id, host, name, publisher } of begun) {
      const number = names.numberOf(host, name, publisher);
      if (number === null) continue;
      numbers.set(id, number);
      const value = lastValues.get(id);
      if (value) last.set(number, value);
    }
    blocks.join(store, numbers);
  }

  function fold(event: LoggedEvent): void {
    if (!isSampleType(event.type)) {
      record.addDurable(event);
      return;
    }
    if (tellsTime(event.type)) record.sample(event);
    foldSample(event);
  }

  function foldSample({ type, host, t, json, publisher = '' }: LoggedEvent): void {
    const payload = JSON.parse(json) as LoggedPayloads[SampleType];
    eachMetric(type as SampleType, payload as never, (name, value) => {
      const id = names.numberOf(host, name, publisher);
      if (id === null) return;
      const known = last.get(id);
      if (!known || known.t <= t || isLogFound) last.set(id, { t, value });
      if (value !== null && Number.isFinite(value)) blocks.add(id, t, value);
    });
  }

  async function pump(): Promise<void> {
    await foldFoundLog();
    checkGaps();
    while (seq < log.headSeq) {
      const head = log.headSeq;
      const events = await log.read(seq, eventsPerTurn);
      let begunAt = performance.now();
      for (const event of events) {
        fold(event);
        seq = event.seq;
        if (performance.now() - begunAt < turnMs) continue;
        await nextTurn();
        begunAt = performance.now();
      }
      // The last ids before a crash may have been given to nothing.
      if (events.length === 0) seq = head;
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
      foundSeq = at;
      await nextTurn();
    }
    foundSeq = null;
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
      blocks.forget(retention.now() - slackMs);
      return;
    }
    database.write(commitTo);
  }

  /** Throws what SQLite throws. */
  function commitTo(store: HistoryStore): void {
    const changes = blocks.changes(now() - slackMs, retention.now() - slackMs);
    const folded = isLogFound ? { logId: log.id, seq } : (storedPlace ?? { logId: log.id, seq });
    store.commit({
      folded,
      metrics: names.changed,
      goneMetrics: names.gone,
      blocks: changes,
      ...record.changes(),
    });
    for (const { body } of changes) writtenBytes += (body?.length ?? 0) * writesPerByte;
    blocks.settled(changes);
    record.settled();
    for (const id of names.gone) last.delete(id);
    names.settled();
  }

  /** What was missing is on disk soon: a process that is killed takes the reason with it. */
  function note(): void {
    database.write((store) => {
      store.writeGaps(record.changes());
      record.settled();
    });
  }

  function schedule(): void {
    if (closed) return;
    const [finest] = tiers as [Tier, ...Tier[]];
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

  /** The same in turns. A database that fails on the way is left for what memory knows, at once. */
  function* readingInTurns<R>(make: () => Work<R>): Work<R> {
    const work = make();
    for (;;) {
      const step = database.read(() => ({ next: work.next() }), null);
      if (!step) break;
      if (step.next.done) return step.next.value;
      yield;
    }
    return reading(() => atOnce(make()));
  }

  function* seriesOf({ host, metrics, ...range }: SeriesQuery): Work<HistorySeries[]> {
    const steps = stepsFor(range, now());
    const rows = metrics.flatMap((metric) => names.get(host, metric) ?? []);
    const series: HistorySeries[] = [];
    for (let from = 0; from < rows.length; from += metricsAtOnce) {
      const some = rows.slice(from, from + metricsAtOnce);
      const ids = some.map(({ id }) => id);
      const points = yield* readingInTurns(() => pointsOf(blocks, ids, steps, range));
      for (const { id, name, unit } of some)
        series.push({ metric: name, unit, stepMs: steps.stepMs, points: points.get(id) ?? [] });
    }
    return series;
  }

  const stopListening = log.onAppend(wake);
  wake();
  schedule();

  return {
    series: seriesOf,
    query: (query) => atOnce(seriesOf(query)),
    gaps(host, from, to) {
      checkGaps();
      return reading(() =>
        [...record.gaps({ host, from, to, earliest: blocks.earliest() }), ...unreadableGaps(from, to)].sort(
          (one, other) => one.from - other.from,
        ),
      );
    },
    steps({ host, wants, ...range }) {
      const rows = names.rows().filter((row) => row.host === host && wants(row.name));
      return readingInTurns(() => stepsOf(blocks, rows, range));
    },
    metrics(host) {
      return names
        .rows()
        .filter((row) => row.host === host)
        .map(({ id, name, unit }) => ({ name, unit, last: last.get(id) ?? null }));
    },
    knows: (host, metric) => names.get(host, metric) !== undefined,
    names: () => names.use(),
    size() {
      return { bytes: database.read((store) => store.size().fileBytes, 0), maxBytes, writtenBytes };
    },
    get problem() {
      return database.problem ?? fault;
    },
    get defects() {
      const { size } = blocks.unreadable;
      const unread =
        size > 0 ? [`${path}: ${size} stored ${size === 1 ? 'block' : 'blocks'} cannot be read`] : [];
      return database.loss === null ? unread : [...unread, database.loss];
    },
    get rolledUpSeq() {
      return seq;
    },
    get readSeq() {
      return foundSeq ?? seq;
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
      clockMonitor.stop();
      database.close((store) => store.endRun(now()));
    },
  };
}
