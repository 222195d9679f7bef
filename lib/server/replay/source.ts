import { type SampleType, tellsTime } from '@/lib/protocol/event-types';
import type { HistoryGap, HistorySteps, StepsQuery } from '@/lib/protocol/history';
import type { Work } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { type Boundary, openBoundary } from './boundary';
import type { KnownItems } from './payloads';
import { isNeeded, momentsOf, toldUpTo } from './rebuild';
import type { Moment, Piece } from './step';

/** What history tells of the past. */
export interface Past {
  steps(query: StepsQuery): Work<HistorySteps | null>;
  gaps(host: string, from: number, to: number): readonly HistoryGap[];
}

/** Where a replay begins or goes on. */
export type Start =
  /** At a time: Unix ms. */
  | { readonly kind: 'time'; readonly t: number }
  /** Behind an event of the log; `t` is the replay's clock there. What follows may be forgotten: only what lasts is told of it. */
  | { readonly kind: 'logged'; readonly seq: number; readonly t: number }
  /** Within the steps of history: behind this part of the step at `t`, and this event that lasts. */
  | {
      readonly kind: 'rebuilt';
      readonly t: number;
      readonly part: number;
      readonly lasting: { readonly t: number; readonly seq: number };
    };

export interface SourceOptions {
  readonly log: EventLog;
  readonly past: Past;
  /** Whose history it is. */
  readonly host: string;
  readonly intervalMs: number;
  readonly lets: (type: string, host: string) => boolean;
  readonly known: () => KnownItems;
  readonly now: () => number;
  /** Does long work without holding others up. */
  readonly work: <T>(work: Work<T>) => Promise<T>;
  readonly start: Start;
}

/** The past piece by piece: as the log has it, and before that rebuilt from history. */
export interface Source {
  /** What comes next, may be empty; `null` once the log's head is reached. */
  next(): Promise<Piece | null>;
}

/** More than these are never in memory. */
const eventsAtOnce = 512;
const stepsAtOnce = 60;
/** Samples of one tick and of lanes of their own may be in any order within this. */
const disorderMs = 5_000;
/** The finest step of history. */
const secondMs = 1_000;
/** What is published may bear any time: it is believed within this many intervals. */
const believedIntervals = 2;

export function openSource(options: SourceOptions): Source {
  const { log, past, host, lets, known, now, start, intervalMs, work } = options;
  const letsSample = (type: SampleType) => lets(type, host);
  const logBegins = openBoundary(log, now);
  /** Set while the log is read; before that, history is. */
  let seq: number | null = start.kind === 'logged' ? start.seq : null;
  /** The latest time that was told: Unix ms. */
  let t = start.t;
  /** Of the step that `t` is in, or of the second while the log is read. */
  let told = toldUpTo(start.t, start.kind === 'rebuilt' ? start.part : 0);
  let lasting = start.kind === 'rebuilt' ? start.lasting : { t: start.t, seq: 0 };
  let fromSeq = 1;
  let isLocated = start.kind !== 'time';

  function timeOf({ type, t: own }: LoggedEvent): number {
    if (tellsTime(type)) {
      if (own >= t || own < t - disorderMs) t = own;
    } else if (own > t && own - t <= believedIntervals * intervalMs) t = own;
    return t;
  }

  /** Should the log forget what comes next, history goes on within this second. */
  function noteTold({ type }: LoggedEvent): void {
    const second = Math.floor(t / secondMs) * secondMs;
    told = { t: second, types: new Set(told.t === second ? [...told.types, type] : [type]) };
  }

  async function fromLog(afterSeq: number): Promise<Piece | null> {
    const events = await log.read(afterSeq, eventsAtOnce);
    const moments = events.map((event): Moment => {
      const due = timeOf(event);
      if (tellsTime(event.type)) noteTold(event);
      const passes = lets(event.type, event.host);
      return { t: due, event: passes ? event : null, place: { kind: 'logged', seq: event.seq } };
    });
    seq = events.at(-1)?.seq ?? afterSeq;
    return moments.length > 0 ? { moments, spacingMs: intervalMs } : null;
  }

  async function fromHistory(end: Boundary): Promise<Piece> {
    const asked = { host, from: t, to: end.t, most: stepsAtOnce };
    const steps = await work(past.steps({ ...asked, wants: (metric) => isNeeded(metric, letsSample) }));
    const begin = t;
    let reached = steps?.to ?? Number.POSITIVE_INFINITY;
    const events = await log.readLastingByTime({
      after: lasting,
      toT: Math.min(reached, Number.MAX_SAFE_INTEGER),
      fromSeq,
      toSeq: end.seq,
      limit: eventsAtOnce,
    });
    const last = events.at(-1);
    if (last) lasting = { t: last.t, seq: last.seq };
    if (last && events.length === eventsAtOnce) reached = Math.max(begin, last.t);
    const rebuilt = steps
      ? await work(momentsOf(steps, { host, lets: letsSample, known: known(), told }))
      : [];
    const occurred = events.map(
      (event): Moment => ({
        t: Math.max(begin, event.t),
        event: lets(event.type, event.host) ? event : null,
        place: { kind: 'logged', seq: event.seq },
      }),
    );
    if (reached === Number.POSITIVE_INFINITY) goOnInLog(end);
    else t = reached;
    const moments = inOrder(
      occurred,
      rebuilt.filter((moment) => moment.t < reached),
    );
    return { moments, spacingMs: steps?.stepMs ?? intervalMs };
  }

  function goOnInLog(end: Boundary): void {
    seq = end.seq - 1;
    t = Math.max(t, end.t);
  }

  /** What the log had for this stream is gone, since its client was slow or away: history has it. */
  function goOnInHistory(afterSeq: number): void {
    seq = null;
    t = Math.min(t, told.t);
    lasting = { t: Number.MIN_SAFE_INTEGER, seq: 0 };
    fromSeq = afterSeq + 1;
  }

  return {
    async next() {
      const end = await logBegins();
      if (!isLocated && start.t >= end.t) seq = log.seqBefore(start.t);
      isLocated = true;
      if (seq !== null && seq + 1 < end.seq && seq < log.headSeq) goOnInHistory(seq);
      return seq === null ? fromHistory(end) : fromLog(seq);
    },
  };
}

/** Both are in order; what happened in a step's first instant comes before the step. */
function inOrder(occurred: readonly Moment[], rebuilt: readonly Moment[]): Moment[] {
  return [...occurred, ...rebuilt].sort((one, other) => one.t - other.t);
}
