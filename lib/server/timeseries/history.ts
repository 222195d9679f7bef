import { join } from 'node:path';
import type { LoggedPayloads, SampleType } from '@/lib/protocol/event-types';
import { carriesTime, isSampleType } from '@/lib/protocol/event-types';
import type { Boot, HistoryGap, HistorySteps, StepsQuery } from '@/lib/protocol/history';
import { eachMetric, isSensorMetric } from '@/lib/protocol/metrics';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { runToEnd, type Work } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { openRetentionClock, type RetentionClock } from '@/lib/server/storage/retention-clock';
import { type OnSetAside, SupervisedDatabase } from '@/lib/server/storage/supervised-database';
import { Blocks } from './blocks';
import { type ClockMonitor, openClockMonitor } from './clock-monitor';
import { shortestGapMs } from './gap-detector';
import { GapRecord } from './gap-record';
import { HistoryStore, type MetricRow } from './history-store';
import { firstMeasured, measuredIn, type TimeRange } from './measured';
import { MetricNames, type NamesUse } from './metric-names';
import { type Point, pointsOf } from './points';
import { type StepsAsked, stepsFor, type Tier, tiers } from './retention-tiers';
import { RollupCursor } from './rollup-cursor';
import { stepsOf } from './steps';

export interface HistoryOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  /** This run of the machine. Without it, the cause of a gap between two runs of Hostbeat comes from the log alone. */
  readonly boot?: Boot;
  /** How often samples come. Default 1 s. */
  readonly intervalMs?: number;
  /** What the database may take of the disk. Default 512 MiB. */
  readonly maxBytes?: number;
  /** The database grows no further than this; for tests of a full disk. */
  readonly maxPages?: number;
  readonly clock?: Clock;
  readonly clockMonitor?: ClockMonitor;
  /** Called after a database was set aside, with its new name. */
  readonly onSetAside?: OnSetAside;
  /** Called with one line each time `problem` changes. */
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

interface LastValue {
  /** Unix ms. */
  readonly t: number;
  readonly value: number | null;
}

export interface MetricSummary {
  readonly name: string;
  readonly unit: string;
  readonly last: LastValue | null;
}

/** How long after its end a block of the finest tier is written: late samples of its last second have arrived by then. */
const lateSamplesMs = 15_000;
/** Metrics of a query that are read in one piece: a block is unpacked for so many in a millisecond or two. */
const readMetricsMax = 8;
/** Measured in every collection cycle: they show when a host was measured at all. */
const referenceMetrics = ['cpu.totalPercent', 'cpu.load1', 'memory.usedBytes', 'pressure.cpu.someAvg10'];
const defaultMaxBytes = 512 * 1024 * 1024;
/** A page is written to the write-ahead log first, and to its place afterwards. */
const writesPerByte = 2;
/** A stored time is recent when a block of these tiers, the finest, begins there. */
const recentTiers = 3;

/**
 * Rolls up every number of every sample in the log into the retention tiers, and answers queries. Its position in the
 * log is written in the transaction that writes the rollups, so that a crash neither loses nor doubles a sample.
 */
export class History {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #maxBytes: number;
  readonly #clockMonitor: ClockMonitor;
  readonly #retention: RetentionClock;
  readonly #names = new MetricNames();
  /** By metric number. */
  readonly #lastValues = new Map<number, LastValue>();
  readonly #blocks: Blocks;
  readonly #gapRecord: GapRecord;
  readonly #cursor: RollupCursor;
  readonly #database: SupervisedDatabase<HistoryStore>;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** A read of the database has failed: only blocks in memory are read. */
  #isMemoryOnly = false;
  /** The stored gaps have not been compared with the blocks yet. */
  #isGapCheckDue = false;
  #writtenBytes = 0;

  constructor({ log, dataDir, clock = systemClock, intervalMs = 1_000, ...options }: HistoryOptions) {
    this.#path = join(dataDir, 'history.db');
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#clockMonitor = options.clockMonitor ?? openClockMonitor();
    this.#retention = openRetentionClock(clock);
    this.#blocks = new Blocks({
      // The database opens, and calls back, before it is assigned.
      store: () => (this.#isMemoryOnly ? null : (this.#database?.tables ?? null)),
      maxBytes: this.#maxBytes,
      isKept: (metric) => this.#names.has(metric),
    });
    this.#gapRecord = new GapRecord({
      log,
      boot: options.boot ?? null,
      intervalMs,
      clockMonitor: this.#clockMonitor,
      clock,
      ask: (use, otherwise) => {
        const database = this.#isMemoryOnly ? null : this.#database;
        return database ? database.read(use, otherwise) : otherwise;
      },
      measured: (host, within) => this.#read(() => this.#measuredIn(host, within)),
      firstMeasured: (host, before) =>
        this.#read(() => firstMeasured(this.#blocks, this.#referencesOf(host), before)),
    });
    this.#cursor = new RollupCursor({
      log,
      onEvent: (event) => this.#rollUp(event),
      onEarlierSample: (event) => this.#rollUpSample(event),
      onCaughtUp: () => this.#commit(),
      onRead: () => this.#maintainGaps(),
    });
    this.#database = new SupervisedDatabase<HistoryStore>({
      path: this.#path,
      holds: 'the history is',
      open: (at) => HistoryStore.open(at, options.maxPages),
      adopt: (store) => this.#adopt(store),
      refresh: (store) => {
        this.#gapRecord.attach(store);
        this.#names.markAll();
        this.#commitTo(store);
      },
      heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
      onSetAside: options.onSetAside,
      onReport: options.onReport,
      clock,
    });
    this.#cursor.wake();
    this.#schedule();
  }

  /** What is wrong, in words; `null` when nothing is. */
  get problem(): string | null {
    return this.#database.problem ?? this.#cursor.problem;
  }

  /** Stored blocks that cannot be read or are lost, a line each. Their times are gaps. */
  get defects(): readonly string[] {
    const { length: count } = this.#blocks.unreadable;
    const unread =
      count > 0 ? [`${this.#path}: ${count} stored ${count === 1 ? 'block' : 'blocks'} cannot be read`] : [];
    return this.#database.loss === null ? unread : [...unread, this.#database.loss];
  }

  /** Everything in the log up to here is rolled up. */
  get rolledUpSeq(): number {
    return this.#cursor.seq;
  }

  /** Where it reads: before that while it catches up with a log that could not be read at the start. */
  get readSeq(): number {
    return this.#cursor.readSeq;
  }

  /** A series per asked metric that is known, in the asked order. Yields between blocks and some metrics at a time. */
  *series({ host, metrics, ...range }: SeriesQuery): Work<HistorySeries[]> {
    const steps = stepsFor(range, this.#clock.wallMs());
    const rows = metrics.flatMap((metric) => this.#names.get(host, metric) ?? []);
    const series: HistorySeries[] = [];
    for (let from = 0; from < rows.length; from += readMetricsMax) {
      const some = rows.slice(from, from + readMetricsMax);
      const ids = some.map(({ id }) => id);
      const points = yield* this.#readInTurns(() => pointsOf(this.#blocks, ids, steps, range));
      for (const { id, name, unit } of some)
        series.push({ metric: name, unit, stepMs: steps.stepMs, points: points.get(id) ?? [] });
    }
    return series;
  }

  /** The same at once. */
  query(query: SeriesQuery): HistorySeries[] {
    return runToEnd(this.series(query));
  }

  /** The first steps that are kept from `from` on, of the finest block there is; `null` when there is none before `to`. */
  steps({ host, wants, ...range }: StepsQuery): Work<HistorySteps | null> {
    const rows = this.#rowsOf(host).filter(({ name }) => wants(name));
    return this.#readInTurns(() => stepsOf(this.#blocks, rows, range));
  }

  /** When nothing was measured of a host in `from` to `to` (Unix ms), whole and in order; the newest 10,000. */
  gaps(host: string, from: number, to: number): readonly HistoryGap[] {
    this.#checkGaps();
    return this.#read(() => {
      const recorded = this.#gapRecord.gaps({ host, from, to, earliest: this.#blocks.earliest() });
      return [...recorded, ...this.#unreadableGaps(from, to)].sort((one, other) => one.from - other.from);
    });
  }

  /** The metrics of a host, by name. */
  metrics(host: string): MetricSummary[] {
    return this.#rowsOf(host).map(({ id, name, unit }) => ({
      name,
      unit,
      last: this.#lastValues.get(id) ?? null,
    }));
  }

  knows(host: string, metric: string): boolean {
    return this.#names.get(host, metric) !== undefined;
  }

  /** How many names have room, and how many were refused. */
  names(): NamesUse {
    return this.#names.use();
  }

  /** Its size on disk, the bound, and the bytes written since it was opened. */
  size(): { readonly bytes: number; readonly maxBytes: number; readonly writtenBytes: number } {
    return {
      bytes: this.#database.read((store) => store.size().fileBytes, 0),
      maxBytes: this.#maxBytes,
      writtenBytes: this.#writtenBytes,
    };
  }

  /** Rolls up everything in the log, and writes it. */
  async settle(): Promise<void> {
    await this.#cursor.settle();
    this.#commit();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#cursor.close();
    this.#commit();
    this.#clockMonitor.stop();
    this.#database.close((store) => store.endRun(this.#clock.wallMs()));
  }

  #rowsOf(host: string): MetricRow[] {
    return this.#names.rows().filter((row) => row.host === host);
  }

  /** The metrics that are there whenever anything was measured of a host. */
  #referencesOf(host: string): ReadonlySet<number> {
    const known = referenceMetrics.flatMap((name) => this.#names.get(host, name)?.id ?? []);
    if (known.length > 0) return new Set(known);
    // Sensors may be published, with any time.
    const own = this.#rowsOf(host).filter(({ name }) => !isSensorMetric(name));
    return new Set(own.slice(0, referenceMetrics.length).map(({ id }) => id));
  }

  #measuredIn(host: string, within: TimeRange): TimeRange[] {
    return measuredIn(this.#blocks, this.#referencesOf(host), within, shortestGapMs(this.#intervalMs));
  }

  /** Takes over what the database holds. Throws. */
  #adopt(store: HistoryStore): boolean {
    this.#adoptNumbers(store);
    this.#cursor.continueFrom(store.rollupPosition());
    this.#gapRecord.attach(store);
    this.#isGapCheckDue = true;
    const recent = store.places().filter(({ tier }) => tier < recentTiers);
    this.#retention.startFrom(recent.map(({ start }) => start));
    // An earlier start may have been configured with a larger bound.
    const { fileBytes, usedBytes } = store.size();
    if (fileBytes > this.#maxBytes && usedBytes < fileBytes * 0.75) store.shrink();
    return false;
  }

  /** The database's numbers of metrics replace those of memory, which may have begun without them. Throws. */
  #adoptNumbers(store: HistoryStore): void {
    const begun = this.#names.rows();
    this.#names.reset(store.metrics(), store.lastMetric());
    if (begun.length === 0) return;
    const numbers = new Map<number, number>();
    const lastValues = new Map(this.#lastValues);
    this.#lastValues.clear();
    for (const { id, host, name, publisher } of begun) {
      const number = this.#names.numberOf(host, name, publisher);
      if (number === null) continue;
      numbers.set(id, number);
      const value = lastValues.get(id);
      if (value) this.#lastValues.set(number, value);
    }
    this.#blocks.join(store, numbers);
  }

  #rollUp(event: LoggedEvent): void {
    if (!isSampleType(event.type)) {
      this.#gapRecord.addDurable(event);
      return;
    }
    if (carriesTime(event.type)) this.#gapRecord.sample(event);
    this.#rollUpSample(event);
  }

  #rollUpSample({ type, host, t, json, publisher = '' }: LoggedEvent): void {
    const payload = JSON.parse(json) as LoggedPayloads[SampleType];
    eachMetric(type as SampleType, payload as never, (name, value) => {
      const id = this.#names.numberOf(host, name, publisher);
      if (id === null) return;
      const known = this.#lastValues.get(id);
      // Samples of earlier runs may come after newer ones.
      if (!known || known.t <= t || this.#cursor.isLogKnown) this.#lastValues.set(id, { t, value });
      if (value !== null && Number.isFinite(value)) this.#blocks.add(id, t, value);
    });
  }

  #commit(): void {
    if (this.#database.heal()) this.#database.write((store) => this.#commitTo(store));
    else this.#blocks.dropExpired(this.#retention.now() - lateSamplesMs);
  }

  /** Throws what SQLite throws. */
  #commitTo(store: HistoryStore): void {
    const blocks = this.#blocks.changes(
      this.#clock.wallMs() - lateSamplesMs,
      this.#retention.now() - lateSamplesMs,
    );
    store.commit({
      position: this.#cursor.position,
      metrics: this.#names.changed,
      goneMetrics: this.#names.gone,
      blocks,
      ...this.#gapRecord.changes(),
    });
    for (const { body } of blocks) this.#writtenBytes += (body?.length ?? 0) * writesPerByte;
    this.#blocks.settled(blocks);
    this.#gapRecord.settled();
    for (const id of this.#names.gone) this.#lastValues.delete(id);
    this.#names.settled();
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const [finest] = tiers as [Tier, ...Tier[]];
    const untilBoundary = finest.blockMs - ((this.#clock.wallMs() - lateSamplesMs) % finest.blockMs);
    this.#timer = setTimeout(() => {
      this.#commit();
      this.#schedule();
    }, untilBoundary);
    this.#timer.unref();
  }

  #checkGaps(): void {
    if (!this.#isGapCheckDue || !this.#database.isReadable) return;
    this.#isGapCheckDue = false;
    this.#gapRecord.check();
  }

  /** New gaps are written soon: their causes would be lost with a process that is killed. */
  #maintainGaps(): void {
    this.#checkGaps();
    if (!this.#gapRecord.isUrgent()) return;
    this.#database.write((store) => {
      store.writeGaps(this.#gapRecord.changes());
      this.#gapRecord.settled();
    });
  }

  /** What `work` returns; where the database fails, from the blocks in memory alone. */
  #read<R>(work: () => R): R {
    const found = this.#database.read(() => ({ value: work() }), null);
    if (found) return found.value;
    this.#isMemoryOnly = true;
    try {
      return work();
    } finally {
      this.#isMemoryOnly = false;
    }
  }

  /** The same in turns. When the database fails on the way, the rest comes at once. */
  *#readInTurns<R>(make: () => Work<R>): Work<R> {
    const work = make();
    for (;;) {
      const step = this.#database.read(() => ({ next: work.next() }), null);
      if (!step) break;
      if (step.next.done) return step.next.value;
      yield;
    }
    return this.#read(() => runToEnd(make()));
  }

  /** Blocks that cannot be read and that finer ones do not stand in for. */
  #unreadableGaps(from: number, to: number): HistoryGap[] {
    return this.#blocks.unreadable.flatMap(({ tier, start }): HistoryGap[] => {
      const gap = { from: start, to: start + tier.blockMs, cause: 'unreadable' as const };
      const isIn = gap.from < to && gap.to > from;
      return isIn && this.#blocks.read(tier, start, new Set()) === null ? [gap] : [];
    });
  }
}
