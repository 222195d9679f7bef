import type { LoggedType } from '@/lib/protocol/event-types';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { ScheduledCollector, ScheduledEventSource } from './collector';
import { CollectorState, type CollectorStatus } from './collector-state';
import { beginCycle, type Cycle, type TrackedCollector } from './cycle';
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

const defaultDeadlineMsMax = 1_000;
/** A call with its own period may take that period, but no longer than this. */
const scheduleDeadlineMsMax = 10_000;
/** How often on-demand collectors are checked for being wanted. */
const demandCheckMs = 250;

/**
 * The one schedule of the process. At every tick it calls each collector without a period of its own and publishes
 * the samples as one append; collectors with a period, and event sources, publish on their own schedules.
 */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #startedMs: number;
  readonly #publisher: EventPublisher;
  readonly #inCycle: readonly TrackedCollector[];
  readonly #scheduled: readonly {
    readonly collector: ScheduledCollector;
    readonly schedule: CollectionSchedule;
  }[];
  readonly #polled: readonly {
    readonly source: ScheduledEventSource;
    readonly schedule: CollectionSchedule;
  }[];
  readonly #stopTicks: readonly (() => void)[];
  #cycle: Cycle | null = null;
  #isStopped = false;
  #last: { readonly t: number; readonly beganMs: number } | null = null;

  /** Starts sampling. */
  constructor(options: SamplerOptions) {
    const { collectors, eventSources = [], intervalMs, clock = systemClock } = options;
    this.#options = options;
    this.#clock = clock;
    this.#deadlineMs = options.deadlineMs ?? Math.min(intervalMs, defaultDeadlineMsMax);
    this.#startedMs = clock.monotonicMs();
    this.#publisher = new EventPublisher(options.publish);
    this.#inCycle = collectors
      .filter(({ everyMs }) => everyMs === undefined)
      .map((collector) => ({ collector, state: new CollectorState(intervalMs) }));
    this.#scheduled = collectors.flatMap((collector) => {
      const { everyMs } = collector;
      return everyMs === undefined
        ? []
        : [{ collector, schedule: this.#scheduleCollector(collector, everyMs) }];
    });
    this.#polled = eventSources.map((source) => ({ source, schedule: this.#scheduleEventSource(source) }));
    this.#stopTicks = [this.#startCycles(), ...this.#startDemandChecks()];
  }

  /** Ends sampling at once; resolves when all appends have ended, or after the deadline. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stopTicks) stop();
    for (const { schedule } of this.#schedules()) schedule.stop();
    this.#cycle?.end();
    let cancelDeadline = () => {};
    const expired = new Promise<void>((resolve) => {
      cancelDeadline = this.#clock.after(this.#deadlineMs, resolve);
    });
    await Promise.race([this.#publisher.settle(), expired]);
    cancelDeadline();
  }

  state(): SamplerState {
    const nowMs = this.#clock.monotonicMs();
    const last = this.#last;
    return {
      runningMs: Math.round(nowMs - this.#startedMs),
      lastSampleAt: last?.t ?? null,
      sampleAgeMs: last ? Math.round(nowMs - last.beganMs) : null,
      collectors: [
        ...this.#inCycle.map(({ collector, state }) => statusOf(collector, state.status)),
        ...this.#scheduled.map(({ collector, schedule }) => statusOf(collector, schedule.status)),
      ],
      eventSources: this.#polled.map(({ source, schedule }) => ({ name: source.name, ...schedule.status })),
      publishing: this.#publisher.status,
    };
  }

  #startCycles(): () => void {
    const { intervalMs } = this.#options;
    const clock = this.#clock;
    const stop = startTicks({
      intervalMs,
      clock,
      delayMs: delayFromBoundary(clock.wallMs(), intervalMs),
      onTick: () => this.#beginCycle(),
    });
    for (const { schedule } of this.#schedules()) schedule.update();
    return stop;
  }

  #startDemandChecks(): readonly (() => void)[] {
    const onDemand = this.#scheduled.filter(({ collector }) => collector.onDemand);
    if (onDemand.length === 0) return [];
    const stop = startTicks({
      intervalMs: demandCheckMs,
      clock: this.#clock,
      onTick() {
        for (const { schedule } of onDemand) schedule.update();
      },
    });
    return [stop];
  }

  #beginCycle(): void {
    this.#cycle?.end();
    const nowMs = this.#clock.monotonicMs();
    this.#cycle = beginCycle({
      host: this.#options.host,
      collectors: this.#inCycle.filter(
        ({ collector, state }) => state.isDue(nowMs) && this.#isWanted(collector),
      ),
      deadlineMs: this.#deadlineMs,
      clock: this.#clock,
      onEnd: (events, t, beganMs) => {
        if (this.#isStopped) return;
        this.#publisher.sendSamples(events, () => {
          this.#last = { t, beganMs };
        });
      },
    });
    void this.#publisher.flush();
  }

  #scheduleCollector(collector: ScheduledCollector, everyMs: number): CollectionSchedule {
    return openSchedule({
      ...this.#timing(everyMs),
      isWanted: () => this.#isWanted(collector),
      call: (signal) => collector.collect(signal),
      take: (payload, t, isLate) => {
        if (payload && !isLate && !this.#isStopped)
          this.#publisher.sendSamples([this.#event(collector.type, t, payload)]);
      },
    });
  }

  #scheduleEventSource(source: ScheduledEventSource): CollectionSchedule {
    return openSchedule({
      ...this.#timing(source.everyMs),
      isWanted: () => true,
      call: (signal) => source.poll(signal),
      // Late ones too: a source reports an event only once.
      take: (events, t) => {
        if (events.length === 0) return;
        this.#publisher.queue(events.map(({ type, payload }) => this.#event(type, t, payload)));
        if (!this.#isStopped) void this.#publisher.flush();
      },
    });
  }

  #timing(periodMs: number) {
    return { periodMs, deadlineMs: Math.min(periodMs, scheduleDeadlineMsMax), clock: this.#clock };
  }

  #event(type: LoggedType, t: number, payload: object): NewEvent {
    const { host } = this.#options;
    return { type, host, t, json: JSON.stringify({ t, host, ...payload }) };
  }

  #isWanted({ type, onDemand = false }: ScheduledCollector): boolean {
    return !onDemand || (this.#options.wanted?.(type) ?? true);
  }

  #schedules() {
    return [...this.#scheduled, ...this.#polled];
  }
}

function statusOf(collector: ScheduledCollector, status: CollectorStatus): SampleCollectorStatus {
  const note = collector.note?.() ?? null;
  return { type: collector.type, ...status, ...(note === null ? {} : { note }) };
}
