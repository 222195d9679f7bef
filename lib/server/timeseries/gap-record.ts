import type { Boot, GapCause, HistoryGap } from '@/lib/protocol/history';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { ClockMonitor } from './clock-monitor';
import { type HostGap, openGapDetector, shortestGapMs } from './gap-detector';
import type { GapChanges, HistoryStore } from './history-store';
import { type TimeRange, without } from './measured';
import { gapsBetween, type Run } from './run';

export interface GapRecordOptions {
  readonly log: EventLog;
  readonly boot: Boot | null;
  readonly intervalMs: number;
  readonly clockMonitor: ClockMonitor;
  readonly now: () => number;
  /** What the store answers, or `otherwise` while it cannot be asked. */
  readonly ask: <T>(use: (store: HistoryStore) => T, otherwise: T) => T;
  /** When a host was measured in a time, in order: a clock that is set leads into times that are known. */
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

/** Of which times nothing is known, and why: what the database has, and what is to be written to it. */
export interface GapRecord {
  /** Takes up what the database knows, and notes there that this run has begun. Throws what SQLite throws. */
  attach(store: HistoryStore): void;
  /** Takes out of the newest stored gaps what was measured. Throws what SQLite throws. */
  check(): void;
  /** An event that is no sample. */
  addDurable(event: LoggedEvent): void;
  /** A sample that tells time, in the log's order. */
  sample(event: LoggedEvent): void;
  /** Whether what has come up should be written now. */
  isUrgent(): boolean;
  changes(): GapChanges;
  /** The changes have been written. */
  settled(): void;
  gaps(query: GapQuery): HistoryGap[];
}

const gapsMax = 10_000;
const pendingMax = 1_000;
/** So many of a host's stored gaps are compared with what was measured, at each start. */
const checkedMax = 1_000;
/** Outages that come one after the other are written together: SD cards wear out. */
const restMs = 60_000;

export function openGapRecord(options: GapRecordOptions): GapRecord {
  const { log, boot, intervalMs, clockMonitor, now, ask, measured, firstMeasured } = options;
  const leastMs = shortestGapMs(intervalMs);
  const headBefore = log.headSeq;
  let previous: Run | null = null;
  let hasBegun = false;
  let pending: HostGap[] = [];
  /** Stored ones that are to be deleted, by their place. */
  const gone = new Map<string, HostGap>();
  /** By host: where its latest known gap ends. A sample that comes later is in none. */
  const lastEnds = new Map<string, number>();
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  /** By host: the sample before, and whether Hostbeat was told to stop after it. */
  const before = new Map<string, { seq: number; toldToStop: boolean }>();

  const presence = openGapDetector({
    intervalMs,
    cause: (from, to) => clockMonitor.cause(from, to),
    between: (from, to, hint) =>
      boot ? gapsBetween(previous, boot, { from, to }, hint) : [{ from, to, cause: hint }],
  });

  /** What the log itself tells of the time between two samples. */
  function hintOf({ host, seq }: LoggedEvent): GapCause {
    const earlier = before.get(host);
    if (!earlier) return 'unknown';
    if (earlier.toldToStop) return 'server-stopped';
    return log.hasGap(earlier.seq, seq) ? 'server-crashed' : 'unknown';
  }

  const keyOf = ({ host, from, to }: HostGap) => `${host} ${from} ${to}`;

  function add(outages: readonly HostGap[]): void {
    if (outages.length === 0) return;
    pending = [...pending, ...outages].slice(-pendingMax);
    for (const { host, to } of outages) lastEnds.set(host, Math.max(lastEndOf(host), to));
  }

  function lastEndOf(host: string): number {
    const known = lastEnds.get(host);
    if (known !== undefined) return known;
    const end = ask<number | null | undefined>((store) => store.lastGapEnd(host), undefined);
    if (end !== undefined) lastEnds.set(host, end ?? Number.NEGATIVE_INFINITY);
    return end ?? Number.NEGATIVE_INFINITY;
  }

  const stored = (host: string, from: number, to: number, most = gapsMax) =>
    ask((store) => store.gaps(host, from, to, most), []).filter((outage) => !gone.has(keyOf(outage)));

  /** Puts `pieces` in the place of a gap. */
  function replace(outage: HostGap, pieces: readonly HostGap[]): void {
    if (pending.includes(outage)) pending = pending.filter((one) => one !== outage);
    else gone.set(keyOf(outage), outage);
    add(pieces);
  }

  /** A sample within a known gap: the clock was set back into it. What lies ahead is a gap only if it stays one. */
  function cutAt(host: string, t: number): void {
    const hit = [...stored(host, t, t + 1), ...pending.filter((one) => one.host === host)].filter(
      ({ from, to }) => from < t && t < to,
    );
    for (const outage of hit) {
      const rest = { from: t, to: presence.isBehind(host, outage.to) ? outage.to : t };
      replace(outage, without(outage, [rest], leastMs));
    }
  }

  const known = (host: string, from: number, to: number) => [
    ...stored(host, from, to),
    ...pending.filter((one) => one.host === host && one.from < to && one.to > from),
  ];

  const unmeasured = (gaps: readonly HostGap[]) =>
    gaps.flatMap((gap) => without(gap, measured(gap.host, gap), leastMs));

  /** Of times that were not measured, those that no known gap covers: a clock that is set back leads over them again. */
  const news = (gaps: readonly HostGap[]) =>
    unmeasured(gaps).flatMap((gap) => without(gap, inOrder(known(gap.host, gap.from, gap.to)), leastMs));

  return {
    attach(opened) {
      if (!hasBegun) previous = opened.run();
      if (boot) opened.beginRun({ boot, stoppedAt: null });
      hasBegun = true;
      presence.recall(opened.seen());
      lastEnds.clear();
    },
    check() {
      for (const { host, first } of presence.seen()) {
        const earlier = first === null ? null : firstMeasured(host, first);
        if (earlier !== null) presence.noteFirst(host, earlier);
        for (const outage of stored(host, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, checkedMax)) {
          const stretches = measured(host, outage);
          if (stretches.length > 0) replace(outage, without(outage, stretches, leastMs));
        }
      }
    },
    addDurable({ type, host, json }) {
      if (type !== 'system-alert' || !json.includes('"kind":"shutdown"')) return;
      const earlier = before.get(host);
      if (earlier) earlier.toldToStop = true;
    },
    sample(event) {
      const found = presence.sample(event.host, event.t, event.seq > headBefore, () => hintOf(event));
      if (found.length > 0) add(news(found));
      else if (event.t < lastEndOf(event.host)) cutAt(event.host, event.t);
      before.set(event.host, { seq: event.seq, toldToStop: false });
    },
    isUrgent: () => pending.length + gone.size > 0 && performance.now() - writtenAtMs >= restMs,
    changes: () => ({ seen: presence.seen(), gaps: pending, gone: [...gone.values()] }),
    settled() {
      if (pending.length + gone.size > 0) writtenAtMs = performance.now();
      pending = [];
      gone.clear();
    },
    gaps({ host, from, to, earliest }) {
      const seen = presence.seen().find((one) => one.host === host);
      // An older database does not say since when it knows a host.
      const first = seen ? (seen.first ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
      const keptFrom = Math.max(first, earliest);
      const told = inOrder([...known(host, from, to), ...news(presence.missing(host, now()))])
        .filter((outage) => outage.from < to && outage.to > Math.max(from, keptFrom))
        .map((outage) => ({ from: Math.max(outage.from, keptFrom), to: outage.to, cause: outage.cause }));
      const gaps = apart(told, leastMs);
      if (from >= keptFrom) return gaps;
      return [{ from, to: Math.min(to, keptFrom), cause: 'not-kept' as const }, ...gaps];
    },
  };
}

const inOrder = <T extends TimeRange>(gaps: readonly T[]) =>
  [...gaps].sort((one, other) => one.from - other.from);

/** Each time in one gap, the first that has it: older versions stored some again after a clock had been set back. */
function apart(gaps: readonly HistoryGap[], leastMs: number): HistoryGap[] {
  let end = Number.NEGATIVE_INFINITY;
  return gaps.flatMap((gap) => {
    const rest = gap.from >= end ? gap : { ...gap, from: end };
    if (rest !== gap && rest.to - rest.from < leastMs) return [];
    end = rest.to;
    return [rest];
  });
}
