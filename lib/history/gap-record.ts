import type { EventLog, LoggedEvent } from '@/lib/events/event-log';
import type { Boot, GapCause, HistoryGap } from '@/lib/events/history';
import type { HistoryStore, PresenceChange } from './history-store';
import { type Outage, openPresence } from './presence';
import { gapsBetween, type Run } from './run';
import type { Vigil } from './vigil';

export interface GapRecordOptions {
  readonly log: EventLog;
  readonly boot: Boot | null;
  readonly intervalMs: number;
  readonly vigil: Vigil;
  readonly now: () => number;
  /** What can be read at this moment. */
  readonly stored: () => HistoryStore | null;
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
  /** An event that is no sample. */
  heard(event: LoggedEvent): void;
  /** A sample that tells time, in the log's order. */
  sample(event: LoggedEvent): void;
  /** Whether what has come up should be written now. */
  isUrgent(): boolean;
  changes(): PresenceChange;
  /** The changes have been written. */
  settled(): void;
  gaps(query: GapQuery): HistoryGap[];
}

const gapsMax = 10_000;
const pendingMax = 1_000;
/** Outages that come one after the other are written together: SD cards wear out. */
const restMs = 60_000;

export function openGapRecord(options: GapRecordOptions): GapRecord {
  const { log, boot, intervalMs, vigil, now, stored } = options;
  const headBefore = log.headSeq;
  let previous: Run | null = null;
  let hasBegun = false;
  let pending: Outage[] = [];
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  /** By host: the sample before, and whether Hostbeat was told to stop after it. */
  const before = new Map<string, { seq: number; toldToStop: boolean }>();

  const presence = openPresence({
    intervalMs,
    cause: (from, to) => vigil.cause(from, to),
    between: (from, to, hint) =>
      boot ? gapsBetween(previous, boot, { from, to }, hint) : [{ from, to, cause: hint }],
  });

  /** What the log itself tells of the time between two samples. */
  function hintOf({ host, seq }: LoggedEvent): GapCause {
    const earlier = before.get(host);
    if (!earlier) return 'unknown';
    if (earlier.toldToStop) return 'server-stopped';
    return log.hasHole(earlier.seq, seq) ? 'server-crashed' : 'unknown';
  }

  return {
    attach(opened) {
      if (!hasBegun) previous = opened.run();
      if (boot) opened.beginRun({ boot, stoppedAt: null });
      hasBegun = true;
      presence.recall(opened.seen());
    },
    heard({ type, host, json }) {
      if (type !== 'system-alert' || !json.includes('"kind":"shutdown"')) return;
      const earlier = before.get(host);
      if (earlier) earlier.toldToStop = true;
    },
    sample(event) {
      const found = presence.sample(event.host, event.t, event.seq > headBefore, () => hintOf(event));
      if (found.length > 0) pending = [...pending, ...found].slice(-pendingMax);
      before.set(event.host, { seq: event.seq, toldToStop: false });
    },
    isUrgent: () => pending.length > 0 && performance.now() - writtenAtMs >= restMs,
    changes: () => ({ seen: presence.seen(), outages: pending }),
    settled() {
      if (pending.length > 0) writtenAtMs = performance.now();
      pending = [];
    },
    gaps({ host, from, to, earliest }) {
      const seen = presence.seen().find((one) => one.host === host);
      // An older database does not say since when it knows a host.
      const first = seen ? (seen.first ?? Number.NEGATIVE_INFINITY) : Number.POSITIVE_INFINITY;
      const keptFrom = Math.max(first, earliest);
      const known = [
        ...(stored()?.outages(host, from, to, gapsMax) ?? []),
        ...pending.filter((outage) => outage.host === host),
        ...presence.missing(host, now()),
      ]
        .filter((outage) => outage.from < to && outage.to > Math.max(from, keptFrom))
        .map((outage) => ({ from: Math.max(outage.from, keptFrom), to: outage.to, cause: outage.cause }))
        .sort((one, other) => one.from - other.from);
      if (from >= keptFrom) return known;
      return [{ from, to: Math.min(to, keptFrom), cause: 'not-kept' as const }, ...known];
    },
  };
}
