import type { Boot, GapCause, HistoryGap } from '@/lib/protocol/history';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { ClockMonitor } from './clock-monitor';
import { GapDetector, type HostGap, shortestGapMs } from './gap-detector';
import { gapsBetween, type Run } from './gaps-between-runs';
import type { GapChanges, HistoryStore } from './history-store';
import { type TimeRange, without } from './measured';

export interface GapRecordOptions {
  readonly log: EventLog;
  readonly boot: Boot | null;
  readonly intervalMs: number;
  readonly clockMonitor: ClockMonitor;
  readonly clock: Clock;
  /** The result of `use`, or `otherwise` while the store cannot be read. */
  readonly ask: <T>(use: (store: HistoryStore) => T, otherwise: T) => T;
  /** When a host was measured within a range, in order: a clock that is set leads into measured times. */
  readonly measured: (host: string, within: TimeRange) => readonly TimeRange[];
  /** When a host was measured first, before `before`; `null` when it was not. Unix ms. */
  readonly firstMeasured: (host: string, before: number) => number | null;
}

export interface GapQuery {
  readonly host: string;
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  /** Where the oldest block begins; infinity where there is none. */
  readonly earliest: number;
}

const gapsMax = 10_000;
const pendingMax = 1_000;
/** How many of a host's stored gaps are compared with what was measured, at each start. */
const checkedMax = 1_000;
/** Gaps that follow one another are written together: SD cards wear out. */
const restMs = 60_000;

/** The last sample of a host, and whether Hostbeat was asked to stop after it. */
interface LastSample {
  seq: number;
  isStopping: boolean;
}

/** The times in which nothing was measured, and why: what the database has, and what is to be written to it. */
export class GapRecord {
  readonly #options: GapRecordOptions;
  readonly #leastMs: number;
  /** Later events are of this run. */
  readonly #headBefore: number;
  readonly #detector: GapDetector;
  #previousRun: Run | null = null;
  #hasBegun = false;
  #pending: HostGap[] = [];
  /** Stored gaps that are to be deleted, by their key. */
  readonly #deleted = new Map<string, HostGap>();
  /** By host: the end of its latest known gap. A later sample is in no gap. */
  readonly #lastEnds = new Map<string, number>();
  readonly #lastSamples = new Map<string, LastSample>();
  /** Monotonic. */
  #writtenAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: GapRecordOptions) {
    const { log, boot, intervalMs, clockMonitor } = options;
    this.#options = options;
    this.#leastMs = shortestGapMs(intervalMs);
    this.#headBefore = log.headSeq;
    this.#detector = new GapDetector({
      intervalMs,
      cause: (from, to) => clockMonitor.cause(from, to),
      between: (from, to, hint) =>
        boot ? gapsBetween(this.#previousRun, boot, { from, to }, hint) : [{ from, to, cause: hint }],
    });
  }

  /** Takes over what the database holds, and notes there that this run has begun. Throws what SQLite throws. */
  attach(store: HistoryStore): void {
    const { boot } = this.#options;
    if (!this.#hasBegun) this.#previousRun = store.run();
    if (boot) store.beginRun({ boot, stoppedAt: null });
    this.#hasBegun = true;
    this.#detector.addStored(store.seen());
    this.#lastEnds.clear();
  }

  /** Removes from the newest stored gaps the times that were measured after all. Throws what SQLite throws. */
  check(): void {
    const { measured, firstMeasured } = this.#options;
    for (const { host, first } of this.#detector.spans()) {
      const earlier = first === null ? null : firstMeasured(host, first);
      if (earlier !== null) this.#detector.noteFirst(host, earlier);
      for (const gap of this.#stored(host, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, checkedMax)) {
        const stretches = measured(host, gap);
        if (stretches.length > 0) this.#replace(gap, without(gap, stretches, this.#leastMs));
      }
    }
  }

  /** An event that is no sample. */
  addDurable({ type, host, json }: LoggedEvent): void {
    if (type !== 'system-alert' || !json.includes('"kind":"shutdown"')) return;
    const last = this.#lastSamples.get(host);
    if (last) last.isStopping = true;
  }

  /** A sample whose time is the host's, in the log's order. */
  sample(event: LoggedEvent): void {
    const { host, seq, t } = event;
    const found = this.#detector.sample(host, t, seq > this.#headBefore, () => this.#hintOf(event));
    if (found.length > 0) this.#add(this.#unknown(found));
    else if (t < this.#lastEndOf(host)) this.#cutAt(host, t);
    this.#lastSamples.set(host, { seq, isStopping: false });
  }

  /** Whether the changes should be written now. */
  isUrgent(): boolean {
    return this.#hasChanges() && this.#options.clock.monotonicMs() - this.#writtenAtMs >= restMs;
  }

  changes(): GapChanges {
    return { seen: this.#detector.spans(), gaps: this.#pending, gone: [...this.#deleted.values()] };
  }

  /** The changes have been written. */
  settled(): void {
    if (this.#hasChanges()) this.#writtenAtMs = this.#options.clock.monotonicMs();
    this.#pending = [];
    this.#deleted.clear();
  }

  gaps({ host, from, to, earliest }: GapQuery): HistoryGap[] {
    const span = this.#detector.spans().find((one) => one.host === host);
    // An older database does not have when a host was measured first.
    const first = span ? (span.first ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
    const keptFrom = Math.max(first, earliest);
    const open = this.#detector.openGaps(host, this.#options.clock.wallMs());
    const found = inOrder([...this.#known(host, from, to), ...this.#unknown(open)])
      .filter((gap) => gap.from < to && gap.to > Math.max(from, keptFrom))
      .map((gap) => ({ from: Math.max(gap.from, keptFrom), to: gap.to, cause: gap.cause }));
    const gaps = apart(found, this.#leastMs);
    if (from >= keptFrom) return gaps;
    return [{ from, to: Math.min(to, keptFrom), cause: 'not-kept' as const }, ...gaps];
  }

  #hasChanges(): boolean {
    return this.#pending.length + this.#deleted.size > 0;
  }

  /** The cause of a gap before this sample, by the log alone. */
  #hintOf({ host, seq }: LoggedEvent): GapCause {
    const last = this.#lastSamples.get(host);
    if (!last) return 'unknown';
    if (last.isStopping) return 'server-stopped';
    return this.#options.log.hasGap(last.seq, seq) ? 'server-crashed' : 'unknown';
  }

  #add(gaps: readonly HostGap[]): void {
    if (gaps.length === 0) return;
    this.#pending = [...this.#pending, ...gaps].slice(-pendingMax);
    for (const { host, to } of gaps) this.#lastEnds.set(host, Math.max(this.#lastEndOf(host), to));
  }

  #lastEndOf(host: string): number {
    const known = this.#lastEnds.get(host);
    if (known !== undefined) return known;
    const end = this.#options.ask<number | null | undefined>((store) => store.lastGapEnd(host), undefined);
    if (end !== undefined) this.#lastEnds.set(host, end ?? Number.NEGATIVE_INFINITY);
    return end ?? Number.NEGATIVE_INFINITY;
  }

  #stored(host: string, from: number, to: number, limit = gapsMax): HostGap[] {
    const stored = this.#options.ask((store) => store.gaps(host, from, to, limit), []);
    return stored.filter((gap) => !this.#deleted.has(keyOf(gap)));
  }

  #known(host: string, from: number, to: number): HostGap[] {
    const pending = this.#pending.filter((one) => one.host === host && one.from < to && one.to > from);
    return [...this.#stored(host, from, to), ...pending];
  }

  /** The unmeasured parts that no known gap covers: a clock that is set back leads through known gaps again. */
  #unknown(gaps: readonly HostGap[]): HostGap[] {
    return gaps
      .flatMap((gap) => without(gap, this.#options.measured(gap.host, gap), this.#leastMs))
      .flatMap((gap) => without(gap, inOrder(this.#known(gap.host, gap.from, gap.to)), this.#leastMs));
  }

  #replace(gap: HostGap, pieces: readonly HostGap[]): void {
    if (this.#pending.includes(gap)) this.#pending = this.#pending.filter((one) => one !== gap);
    else this.#deleted.set(keyOf(gap), gap);
    this.#add(pieces);
  }

  /** A sample within a known gap: the clock was set back into it. The rest of it is a gap only if it stays one. */
  #cutAt(host: string, t: number): void {
    for (const gap of this.#known(host, t, t + 1)) {
      if (gap.from >= t || gap.to <= t) continue;
      const rest = { from: t, to: this.#detector.isBehind(host, gap.to) ? gap.to : t };
      this.#replace(gap, without(gap, [rest], this.#leastMs));
    }
  }
}

const keyOf = ({ host, from, to }: HostGap) => `${host} ${from} ${to}`;

const inOrder = <T extends TimeRange>(gaps: readonly T[]) =>
  [...gaps].sort((one, other) => one.from - other.from);

/** Without overlaps: older versions stored some times twice after a clock had been set back. */
function apart(gaps: readonly HistoryGap[], leastMs: number): HistoryGap[] {
  let end = Number.NEGATIVE_INFINITY;
  return gaps.flatMap((gap) => {
    const rest = gap.from >= end ? gap : { ...gap, from: end };
    if (rest !== gap && rest.to - rest.from < leastMs) return [];
    end = rest.to;
    return [rest];
  });
}
