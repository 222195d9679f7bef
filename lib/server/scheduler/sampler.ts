import type { LoggedType } from '@/lib/protocol/event-types';
import type { Durability, NewEvent } from '@/lib/server/event-log/event-log';
import { type Clock, systemClock } from './clock';
import { type Fared, openTrackRecord } from './collector-state';
import { beginRound, type Round } from './cycle';
import { openOccurrenceQueue } from './event-queue';
import type { ScheduledCollector, ScheduledEventSource } from './sampled';
import { type Lane, openLane } from './schedule';
import { delayFromBoundary, startTicks } from './ticks';

export interface SamplerOptions {
  readonly host: string;
  readonly collectors: readonly ScheduledCollector[];
  readonly eventSources?: readonly ScheduledEventSource[];
  readonly intervalMs: number;
  /** How long a round waits for its readings; the interval by default, 1 s at most. A new round ends the last one. */
  readonly deadlineMs?: number;
  /** Whether somebody wants the events of a reading that runs on demand. Asked often; by default, yes. */
  wanted?(type: LoggedType): boolean;
  /** Takes all samples of a round at once, and what a watch has seen by itself. */
  publish(events: readonly NewEvent[], durability: Durability): Promise<unknown>;
  readonly clock?: Clock;
}

interface ReadingStatus extends Fared {
  readonly type: LoggedType;
  /** Why it tells less than there is. */
  readonly note?: string;
}

interface WatchStatus extends Fared {
  readonly name: string;
}

export interface SamplerState {
  /** How long the sampler has been running, in ms of a clock that never steps. */
  readonly runningMs: number;
  /** The newest round that was published: Unix ms. `null` before the first. */
  readonly lastSampleAt: number | null;
  /** How long ago that was, by a clock that never steps. */
  readonly sampleAgeMs: number | null;
  readonly readings: readonly ReadingStatus[];
  readonly watches: readonly WatchStatus[];
  readonly publishing: { readonly consecutiveFailures: number; readonly lastError: string | null };
}

export interface Sampler {
  /** Ends sampling at once; resolves when what is being published is through, or after the deadline. */
  stop(): Promise<void>;
  state(): SamplerState;
}

const defaultDeadlineMsMax = 1_000;
/** What has its own pace may take its period to answer, but no longer than this. */
const laneDeadlineMsMax = 10_000;
/** How soon a reading that runs on demand notices that it is wanted. */
const demandMs = 250;
/** Appends that `publish` has not answered. Past these, samples are dropped: a log that hangs must not fill the memory. */
const unansweredAppendsMax = 60;

/**
 * The one clock of the process. At every tick it asks each reading that has no period of its own, and publishes
 * what has come as one append; readings with a period, and watches, publish by themselves when they are through.
 */
export function startSampler({
  host,
  intervalMs,
  publish,
  eventSources = [],
  wanted = () => true,
  clock = systemClock,
  ...options
}: SamplerOptions): Sampler {
  const deadlineMs = options.deadlineMs ?? Math.min(intervalMs, defaultDeadlineMsMax);
  const startedMs = clock.monotonicMs();
  const unanswered = new Set<Promise<void>>();
  const occurrences = openOccurrenceQueue((events) => append(events, 'durable-if-possible'));
  let round: Round | null = null;
  let isStopped = false;
  let last: { readonly t: number; readonly beganMs: number } | null = null;
  let consecutiveFailures = 0;
  let lastError: string | null = null;

  async function append(events: readonly NewEvent[], durability: Durability): Promise<boolean> {
    try {
      if (unanswered.size >= unansweredAppendsMax) throw new Error('the log does not answer');
      await publish(events, durability);
      consecutiveFailures = 0;
      lastError = null;
      return true;
    } catch (error) {
      consecutiveFailures += 1;
      lastError = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  function send(events: readonly NewEvent[], onAppended = () => {}): void {
    if (isStopped || events.length === 0) return;
    const sending = append(events, 'batched').then((isAppended) => {
      unanswered.delete(sending);
      if (isAppended) onAppended();
    });
    unanswered.add(sending);
  }

  const eventOf = (type: LoggedType, t: number, payload: object): NewEvent => ({
    type,
    host,
    t,
    json: JSON.stringify({ t, host, ...payload }),
  });
  const isWanted = ({ type, onDemand = false }: ScheduledCollector) => !onDemand || wanted(type);
  const paceOf = (everyMs: number) => ({
    periodMs: everyMs,
    deadlineMs: Math.min(everyMs, laneDeadlineMsMax),
    clock,
  });

  const laneOfReading = (reading: ScheduledCollector, everyMs: number): Lane =>
    openLane({
      ...paceOf(everyMs),
      isWanted: () => isWanted(reading),
      ask: (signal) => reading.collect(signal),
      take(payload, t, isLate) {
        if (payload && !isLate) send([eventOf(reading.type, t, payload)]);
      },
    });
  const laneOfWatch = (watch: ScheduledEventSource): Lane =>
    openLane({
      ...paceOf(watch.everyMs),
      isWanted: () => true,
      ask: (signal) => watch.poll(signal),
      // Late or not: a watch tells what happened only once.
      take(happened, t) {
        if (happened.length === 0) return;
        occurrences.add(happened.map(({ type, payload }) => eventOf(type, t, payload)));
        if (!isStopped) void occurrences.flush();
      },
    });

  const inRounds = options.collectors
    .filter(({ everyMs }) => everyMs === undefined)
    .map((reading) => ({ reading, record: openTrackRecord(intervalMs) }));
  const paced = options.collectors.flatMap((reading) =>
    reading.everyMs === undefined ? [] : [{ reading, lane: laneOfReading(reading, reading.everyMs) }],
  );
  const watched = eventSources.map((watch) => ({ watch, lane: laneOfWatch(watch) }));
  const lanes = [...paced, ...watched].map(({ lane }) => lane);
  const onDemand = paced.filter(({ reading }) => reading.onDemand);

  const stopTicks = startTicks({
    intervalMs,
    clock,
    delayMs: delayFromBoundary(clock.wallMs(), intervalMs),
    onTick() {
      round?.end();
      const now = clock.monotonicMs();
      const readings = inRounds.filter(({ reading, record }) => record.isDue(now) && isWanted(reading));
      round = beginRound({
        host,
        readings,
        deadlineMs,
        clock,
        onEnd: (events, t, beganMs) =>
          send(events, () => {
            last = { t, beganMs };
          }),
      });
      void occurrences.flush();
    },
  });
  for (const lane of lanes) lane.attend();
  const stopAttending =
    onDemand.length === 0
      ? () => {}
      : startTicks({
          intervalMs: demandMs,
          clock,
          onTick() {
            for (const { lane } of onDemand) lane.attend();
          },
        });

  return {
    async stop() {
      isStopped = true;
      stopTicks();
      stopAttending();
      for (const lane of lanes) lane.stop();
      round?.end();
      let callOff = () => {};
      const expired = new Promise<void>((resolve) => {
        callOff = clock.after(deadlineMs, resolve);
      });
      await Promise.race([Promise.all([...unanswered, occurrences.flush()]), expired]);
      callOff();
    },
    state: () => ({
      runningMs: Math.round(clock.monotonicMs() - startedMs),
      lastSampleAt: last?.t ?? null,
      sampleAgeMs: last ? Math.round(clock.monotonicMs() - last.beganMs) : null,
      readings: [
        ...inRounds.map(({ reading, record }) => statusOf(reading, record.fared())),
        ...paced.map(({ reading, lane }) => statusOf(reading, lane.fared())),
      ],
      watches: watched.map(({ watch, lane }) => ({ name: watch.name, ...lane.fared() })),
      publishing: { consecutiveFailures, lastError },
    }),
  };
}

function statusOf(reading: ScheduledCollector, fared: Fared): ReadingStatus {
  const note = reading.note?.() ?? null;
  return { type: reading.type, ...fared, ...(note === null ? {} : { note }) };
}
