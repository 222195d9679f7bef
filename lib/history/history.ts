import { join } from 'node:path';
import type { EventLog, LoggedEvent } from '@/lib/events/event-log';
import type { LoggedPayloads, SampleType } from '@/lib/events/event-types';
import { isSampleType, tellsTime } from '@/lib/events/event-types';
import type { Boot, HistoryGap, HistorySteps, StepsQuery } from '@/lib/events/history';
import { eachMetric, unitOfMetric } from '@/lib/events/metrics';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import { openBlocks } from './blocks';
import { openGapRecord } from './gap-record';
import { type HistoryStore, type MetricRow, openHistoryStore } from './history-store';
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
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: (path: string, reason: string) => void;
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
const retryMs = 10_000;
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
  ...options
}: HistoryOptions): History {
  const { intervalMs = 1_000, maxBytes = defaultMaxBytes, vigil = openVigil() } = options;
  const path = join(dataDir, 'history.db');
  let store: HistoryStore | null = null;
  let problem: string | null = null;
  let seq = log.tailSeq - 1;
  let writtenBytes = 0;
  let pumping: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  const blocks = openBlocks(() => store, maxBytes);
  const record = openGapRecord({ log, boot: options.boot ?? null, intervalMs, vigil, now });
  const byName = new Map<string, MetricRow>();
  let added: MetricRow[] = [];
  const last = new Map<number, { readonly t: number; readonly value: number | null }>();

  const nameKey = (host: string, name: string) => `${host}\n${name}`;

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    if (!fault.isCorrupt) return;
    close();
    try {
      const name = setAside(path, new Date(now()));
      onSetAside?.(name, fault.words);
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  function close(): void {
    try {
      store?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    store = null;
  }

  /** Opens the database; metrics that memory has numbered already are numbered anew there. */
  function open(): void {
    try {
      const opened = openHistoryStore(path, options.maxPages);
      const folded = opened.folded();
      if (byName.size === 0) {
        for (const row of opened.metrics()) byName.set(nameKey(row.host, row.name), row);
        if (folded?.logId === log.id) seq = Math.max(seq, Math.min(folded.seq, log.headSeq));
      }
      record.attach(opened);
      store = opened;
      problem = null;
      shrink(opened);
    } catch (error) {
      fail(error);
    }
  }

  /** What an earlier start was let take, and this one is not. */
  function shrink(opened: HistoryStore): void {
    const { fileBytes, usedBytes } = opened.size();
    if (fileBytes > maxBytes && usedBytes < fileBytes * 0.75) opened.shrink();
  }

  function numberOf(host: string, name: string): number | null {
    const known = byName.get(nameKey(host, name));
    if (known) return known.id;
    if (byName.size >= metricsMax) return null;
    const row = { id: byName.size + 1, host, name, unit: unitOfMetric(name) };
    byName.set(nameKey(host, name), row);
    added.push(row);
    return row.id;
  }

  function fold(event: LoggedEvent): void {
    const { type, host, t, json } = event;
    if (!isSampleType(type)) {
      record.heard(event);
      return;
    }
    if (tellsTime(type)) record.sample(event);
    const payload = JSON.parse(json) as LoggedPayloads[SampleType];
    eachMetric(type, payload as never, (name, value) => {
      const id = numberOf(host, name);
      if (id === null) return;
      last.set(id, { t, value });
      if (value !== null && Number.isFinite(value)) blocks.add(id, t, value);
    });
  }

  async function pump(): Promise<void> {
    while (seq < log.headSeq) {
      const head = log.headSeq;
      const events = await log.read(seq, eventsPerTurn);
      for (const event of events) fold(event);
      // The last ids before a crash may have been given to nothing.
      seq = events.at(-1)?.seq ?? head;
      if (record.isUrgent()) note();
      if (seq < log.headSeq) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What the log has is taken in soon after it was appended, behind the streams. */
  function wake(): void {
    if (pumping || closed) return;
    pumping = new Promise((resolve) => setImmediate(resolve))
      .then(pump)
      .catch(fail)
      .finally(() => {
        pumping = null;
        if (seq < log.headSeq && problem === null) wake();
      });
  }

  function commit(): void {
    if (!store) open();
    if (!store) {
      blocks.forget(now() - slackMs);
      return;
    }
    try {
      const changes = blocks.changes(now() - slackMs);
      store.commit({ folded: { logId: log.id, seq }, metrics: added, blocks: changes, ...record.changes() });
      for (const { body } of changes) writtenBytes += (body?.length ?? 0) * writesPerByte;
      blocks.settled(changes);
      record.settled();
      added = [];
      problem = null;
    } catch (error) {
      fail(error);
    }
  }

  /** What was missing is on disk soon: a process that is killed takes the reason with it. */
  function note(): void {
    try {
      store?.note(record.changes());
      if (store) record.settled();
    } catch (error) {
      fail(error);
    }
  }

  function schedule(): void {
    if (closed) return;
    const [finest] = ladder as [Level, ...Level[]];
    const untilBoundary = finest.blockMs - ((now() - slackMs) % finest.blockMs);
    timer = setTimeout(
      () => {
        commit();
        schedule();
      },
      problem === null ? untilBoundary : Math.min(retryMs, untilBoundary),
    );
    timer.unref();
  }

  function fileBytes(): number {
    try {
      return store?.size().fileBytes ?? 0;
    } catch (error) {
      fail(error);
      return 0;
    }
  }

  open();
  const stopListening = log.onAppend(wake);
  wake();
  schedule();

  return {
    query({ host, metrics, ...range }) {
      const steps = stepsFor(range, now());
      const rows = metrics.flatMap((metric) => byName.get(nameKey(host, metric)) ?? []);
      const ids = rows.map(({ id }) => id);
      const series = pointsOf(blocks, ids, steps, range);
      return rows.map(({ id, name, unit }) => ({
        metric: name,
        unit,
        stepMs: steps.stepMs,
        points: series.get(id) ?? [],
      }));
    },
    gaps: (host, from, to) => record.gaps({ host, from, to, earliest: blocks.earliest() }),
    steps({ host, wants, ...range }) {
      const rows = [...byName.values()].filter((row) => row.host === host && wants(row.name));
      return stepsOf(blocks, rows, range);
    },
    metrics(host) {
      return [...byName.values()]
        .filter((row) => row.host === host)
        .map(({ id, name, unit }) => ({ name, unit, last: last.get(id) ?? null }))
        .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
    },
    knows: (host, metric) => byName.has(nameKey(host, metric)),
    size() {
      return { bytes: fileBytes(), maxBytes, writtenBytes };
    },
    get problem() {
      return problem;
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
      await pump().catch(fail);
      commit();
      vigil.stop();
      try {
        store?.endRun(now());
      } catch (error) {
        fail(error);
      }
      close();
    },
  };
}
