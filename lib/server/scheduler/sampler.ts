import type { LoggedType } from '@/lib/protocol/event-types';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { ScheduledCollector, ScheduledEventSource } from './collector';
import { CollectorState, type CollectorStatus } from './collector-state';
import { beginCycle, type Cycle } from './cycle';
import { EventPublisher, type Publish } from './event-publisher';
import { type CollectionSchedule, openSchedule } from './schedule';
import { delayFromBoundary, startTicks } from './ticks';

export interface SamplerOptions {
  readonly host: string;
  readonly collectors: readonly ScheduledCollector[];
  readonly eventSources?: readonly ScheduledEventSource[];
  readonly intervalMs: number;
  /** How long a cycle waits for its collectors; by default the interval, 1 s at most. A new cycle ends the last one. */
  readonly deadlineMs?: number;
  /** Whether the events of an on-demand collector are wanted. Called often; by default, yes. */
  wanted?(type: LoggedType): boolean;
  /** Takes all samples of a cycle at once, and the events of each source by themselves. */
  readonly publish: Publish;
  readonly clock?: Clock;
}

interface SampleCollectorStatus extends CollectorStatus {
  readonly type: LoggedType;
  /** Why part of its data is missing. */
  readonly note?: string;
}

interface EventSourceStatus extends CollectorStatus {
  readonly name: string;
}

export interface SamplerState {
  /** How long the sampler has been running, in ms of the monotonic clock. */
  readonly runningMs: number;
  /** The newest cycle that was published: Unix ms. `null` before the first. */
  readonly lastSampleAt: number | null;
  /** How long ago that was, by the monotonic clock. */
  readonly sampleAgeMs: number | null;
  readonly collectors: readonly SampleCollectorStatus[];
  readonly eventSources: readonly EventSourceStatus[];
  readonly publishing: { readonly consecutiveFailures: number; readonly lastError: string | null };
}

export interface Sampler {
  /** Ends sampling at once; resolves when all appends have ended, or after the deadline. */
  stop(): Promise<void>;
  state(): SamplerState;
}

const maxDefaultDeadlineMs = 1_000;
/** A call with its own period may take that period, but no longer than this. */
const maxScheduleDeadlineMs = 10_000;
/** How often on-demand collectors are checked for being wanted. */
const demandCheckMs = 250;

/**
 * The one clock of the process. At every tick it reads each collector without a period of its own, and publishes
 * the samples as one append; collectors with a period, and event sources, publish on their own schedules.
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
  const deadlineMs = options.deadlineMs ?? Math.min(intervalMs, maxDefaultDeadlineMs);
  const startedMs = clock.monotonicMs();
  const publisher = new EventPublisher(publish);
  let cycle: Cycle | null = null;
  let isStopped = false;
  let last: { readonly t: number; readonly beganMs: number } | null = null;

  const eventOf = (type: LoggedType, t: number, payload: object): NewEvent => ({
    type,
    host,
    t,
    json: JSON.stringify({ t, host, ...payload }),
  });
  const isWanted = ({ type, onDemand = false }: ScheduledCollector) => !onDemand || wanted(type);
  const timingOf = (everyMs: number) => ({
    periodMs: everyMs,
    deadlineMs: Math.min(everyMs, maxScheduleDeadlineMs),
    clock,
  });

  const scheduleCollector = (collector: ScheduledCollector, everyMs: number): CollectionSchedule =>
    openSchedule({
      ...timingOf(everyMs),
      isWanted: () => isWanted(collector),
      call: (signal) => collector.collect(signal),
      take(payload, t, isLate) {
        if (payload && !isLate && !isStopped) publisher.sendSamples([eventOf(collector.type, t, payload)]);
      },
    });
  const scheduleEventSource = (source: ScheduledEventSource): CollectionSchedule =>
    openSchedule({
      ...timingOf(source.everyMs),
      isWanted: () => true,
      call: (signal) => source.poll(signal),
      // Late ones too: a source reports an event only once.
      take(events, t) {
        if (events.length === 0) return;
        publisher.queue(events.map(({ type, payload }) => eventOf(type, t, payload)));
        if (!isStopped) void publisher.flush();
      },
    });

  const inCycle = options.collectors
    .filter(({ everyMs }) => everyMs === undefined)
    .map((collector) => ({ collector, state: new CollectorState(intervalMs) }));
  const scheduled = options.collectors.flatMap((collector) => {
    const { everyMs } = collector;
    return everyMs === undefined ? [] : [{ collector, schedule: scheduleCollector(collector, everyMs) }];
  });
  const polled = eventSources.map((source) => ({ source, schedule: scheduleEventSource(source) }));
  const schedules = [...scheduled, ...polled].map(({ schedule }) => schedule);
  const onDemand = scheduled.filter(({ collector }) => collector.onDemand);

  const stopTicks = startTicks({
    intervalMs,
    clock,
    delayMs: delayFromBoundary(clock.wallMs(), intervalMs),
    onTick() {
      cycle?.end();
      const now = clock.monotonicMs();
      cycle = beginCycle({
        host,
        collectors: inCycle.filter(({ collector, state }) => state.isDue(now) && isWanted(collector)),
        deadlineMs,
        clock,
        onEnd(events, t, beganMs) {
          if (isStopped) return;
          publisher.sendSamples(events, () => {
            last = { t, beganMs };
          });
        },
      });
      void publisher.flush();
    },
  });
  for (const schedule of schedules) schedule.update();
  const stopDemandChecks =
    onDemand.length === 0
      ? () => {}
      : startTicks({
          intervalMs: demandCheckMs,
          clock,
          onTick() {
            for (const { schedule } of onDemand) schedule.update();
          },
        });

  return {
    async stop() {
      isStopped = true;
      stopTicks();
      stopDemandChecks();
      for (const schedule of schedules) schedule.stop();
      cycle?.end();
      let cancelDeadline = () => {};
      const expired = new Promise<void>((resolve) => {
        cancelDeadline = clock.after(deadlineMs, resolve);
      });
      await Promise.race([publisher.settle(), expired]);
      cancelDeadline();
    },
    state: () => ({
      runningMs: Math.round(clock.monotonicMs() - startedMs),
      lastSampleAt: last?.t ?? null,
      sampleAgeMs: last ? Math.round(clock.monotonicMs() - last.beganMs) : null,
      collectors: [
        ...inCycle.map(({ collector, state }) => statusOf(collector, state.status)),
        ...scheduled.map(({ collector, schedule }) => statusOf(collector, schedule.status)),
      ],
      eventSources: polled.map(({ source, schedule }) => ({ name: source.name, ...schedule.status })),
      publishing: publisher.status,
    }),
  };
}

function statusOf(collector: ScheduledCollector, status: CollectorStatus): SampleCollectorStatus {
  const note = collector.note?.() ?? null;
  return { type: collector.type, ...status, ...(note === null ? {} : { note }) };
}
