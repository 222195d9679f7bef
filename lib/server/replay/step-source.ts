import { carriesTime, type SampleType } from '@/lib/protocol/event-types';
import type { HistoryGap, HistorySteps, StepsQuery } from '@/lib/protocol/history';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { Work } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { type Boundary, openBoundary } from './boundary';
import { isNeeded, rebuildSteps, type SentTypes, sentUpTo } from './rebuild';
import type { KnownItems } from './sample-builders';
import type { ReplayStep, StepBatch } from './step';

/** What a replay needs of history. */
export interface ReplayHistory {
  steps(query: StepsQuery): Work<HistorySteps | null>;
  gaps(host: string, from: number, to: number): readonly HistoryGap[];
}

/** Where a replay begins or resumes. */
export type Start =
  /** At a time: Unix ms. */
  | { readonly kind: 'time'; readonly t: number }
  /** After an event of the log; `t` is its time. If what follows has expired, only its durable events are sent. */
  | { readonly kind: 'logged'; readonly seq: number; readonly t: number }
  /** Within the steps of history: after this part of the step at `t`, and this durable event. */
  | {
      readonly kind: 'rebuilt';
      readonly t: number;
      readonly part: number;
      readonly durable: { readonly t: number; readonly seq: number };
    };

export interface StepSourceOptions {
  readonly log: EventLog;
  readonly history: ReplayHistory;
  /** Whose history it is. */
  readonly host: string;
  readonly intervalMs: number;
  readonly matches: (type: string, host: string) => boolean;
  readonly known: () => KnownItems;
  readonly clock: Clock;
  /** Does long work without blocking the event loop. */
  readonly work: <T>(work: Work<T>) => Promise<T>;
  readonly start: Start;
}

/** Bounds of one batch. */
const eventsMax = 512;
const historyStepsMax = 60;
/** Samples of one tick and of separate schedules may be out of order by this. */
const disorderMsMax = 5_000;
/** The finest step of history. */
const secondMs = 1_000;
/** Published events may have any time: one moves the replay's time by at most this many intervals. */
const publishedIntervalsMax = 2;

/** The steps of a replay, in batches: from the log as far back as it reaches, and before that rebuilt from history. */
export class StepSource {
  readonly #options: StepSourceOptions;
  readonly #logBoundary: () => Promise<Boundary>;
  /** The position in the log; `null` while history is read. */
  #seq: number | null;
  /** The latest time that was sent: Unix ms. */
  #t: number;
  /** What was sent of the step that contains `#t`, or of the second while the log is read. */
  #sent: SentTypes;
  #durable: { readonly t: number; readonly seq: number };
  #fromSeq = 1;
  #isLocated: boolean;

  constructor(options: StepSourceOptions) {
    const { start } = options;
    this.#options = options;
    this.#logBoundary = openBoundary(options.log, options.clock);
    this.#seq = start.kind === 'logged' ? start.seq : null;
    this.#t = start.t;
    this.#sent = sentUpTo(start.t, start.kind === 'rebuilt' ? start.part : 0);
    this.#durable = start.kind === 'rebuilt' ? start.durable : { t: start.t, seq: 0 };
    this.#isLocated = start.kind !== 'time';
  }

  /** The next batch, which may be empty; `null` once the log's head is reached. */
  async next(): Promise<StepBatch | null> {
    const { log, start } = this.#options;
    const boundary = await this.#logBoundary();
    if (!this.#isLocated && start.t >= boundary.t) this.#seq = log.seqBefore(start.t);
    this.#isLocated = true;
    const seq = this.#seq;
    if (seq === null) return this.#fromHistory(boundary);
    if (seq + 1 >= boundary.seq || seq >= log.headSeq) return this.#fromLog(seq);
    this.#continueInHistory(seq);
    return this.#fromHistory(boundary);
  }

  async #fromLog(afterSeq: number): Promise<StepBatch | null> {
    const { log, matches, intervalMs } = this.#options;
    const events = await log.read(afterSeq, eventsMax);
    const steps = events.map((event): ReplayStep => {
      const t = this.#timeOf(event);
      if (carriesTime(event.type)) this.#noteSent(event);
      const isMatch = matches(event.type, event.host);
      return { t, event: isMatch ? event : null, position: { kind: 'logged', seq: event.seq } };
    });
    this.#seq = events.at(-1)?.seq ?? afterSeq;
    return steps.length > 0 ? { steps, spacingMs: intervalMs } : null;
  }

  #timeOf({ type, t }: LoggedEvent): number {
    if (carriesTime(type)) {
      if (t >= this.#t || t < this.#t - disorderMsMax) this.#t = t;
    } else if (t > this.#t && t - this.#t <= publishedIntervalsMax * this.#options.intervalMs) this.#t = t;
    return this.#t;
  }

  /** If the next events of the log expire, history continues within this second. */
  #noteSent({ type }: LoggedEvent): void {
    const t = Math.floor(this.#t / secondMs) * secondMs;
    this.#sent = { t, types: new Set(this.#sent.t === t ? [...this.#sent.types, type] : [type]) };
  }

  async #fromHistory(boundary: Boundary): Promise<StepBatch> {
    const { history, host, matches, known, intervalMs, work } = this.#options;
    const matchesSample = (type: SampleType) => matches(type, host);
    const begin = this.#t;
    const query = { host, from: begin, to: boundary.t, stepsMax: historyStepsMax };
    const historySteps = await work(
      history.steps({ ...query, wants: (metric) => isNeeded(metric, matchesSample) }),
    );
    const durable = await this.#durableBefore(historySteps?.to ?? Number.POSITIVE_INFINITY, begin, boundary);
    const rebuilt = historySteps
      ? await work(
          rebuildSteps(historySteps, { host, matches: matchesSample, known: known(), sent: this.#sent }),
        )
      : [];
    if (durable.reachedT === Number.POSITIVE_INFINITY) this.#continueInLog(boundary);
    else this.#t = durable.reachedT;
    // Both are in order; a durable event at a step's first instant comes before the step.
    const steps = [...durable.steps, ...rebuilt.filter(({ t }) => t < durable.reachedT)];
    return {
      steps: steps.sort((one, other) => one.t - other.t),
      spacingMs: historySteps?.stepMs ?? intervalMs,
    };
  }

  /** The next durable events before `toT`; `reachedT` is earlier than `toT` if there are more than fit. */
  async #durableBefore(toT: number, begin: number, { seq: toSeq }: Boundary) {
    const { log, matches } = this.#options;
    const events = await log.readDurableByTime({
      after: this.#durable,
      toT: Math.min(toT, Number.MAX_SAFE_INTEGER),
      fromSeq: this.#fromSeq,
      toSeq,
      limit: eventsMax,
    });
    const last = events.at(-1);
    if (last) this.#durable = { t: last.t, seq: last.seq };
    const steps = events.map(
      (event): ReplayStep => ({
        t: Math.max(begin, event.t),
        event: matches(event.type, event.host) ? event : null,
        position: { kind: 'logged', seq: event.seq },
      }),
    );
    return { steps, reachedT: last && events.length === eventsMax ? Math.max(begin, last.t) : toT };
  }

  #continueInLog(boundary: Boundary): void {
    this.#seq = boundary.seq - 1;
    this.#t = Math.max(this.#t, boundary.t);
  }

  /** The next events of the log have expired, since the client was slow or away: history has them. */
  #continueInHistory(afterSeq: number): void {
    this.#seq = null;
    this.#t = Math.min(this.#t, this.#sent.t);
    this.#durable = { t: Number.MIN_SAFE_INTEGER, seq: 0 };
    this.#fromSeq = afterSeq + 1;
  }
}
