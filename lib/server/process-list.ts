import { setTimeout as pause } from 'node:timers/promises';
import { deadlineAfter } from '@/lib/protocol/deadline';
import type { Processes } from '@/lib/protocol/payloads';
import { type Clock, systemClock } from './concurrency/clock';
import type { NewEvent } from './event-log/event-log';
import type { ScheduledCollector } from './scheduler/collector';

export interface ProcessListOptions {
  readonly host: string;
  readonly collectors: readonly ScheduledCollector[];
  readonly latest: ReadonlyMap<string, NewEvent>;
  readonly clock?: Clock;
}

/** The age up to which the last sample is used; processes are collected again after that. */
const freshMs = 1_000;
/** CPU is counted since the last collection; when that is longer ago, a second one follows after `apartMs`. */
const recentMs = 6_000;
const apartMs = 150;
const deadlineMs = 1_000;

/** The processes that use most, when an alert needs them: of the last sample, else collected now. */
export class ProcessList {
  /** The same collectors; that of processes may be called again while it runs, and both calls get one result. */
  readonly collectors: readonly ScheduledCollector[];
  readonly #options: Required<ProcessListOptions>;
  readonly #collector: ScheduledCollector | undefined;
  #collecting: Promise<object | null> | null = null;
  #collectedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ProcessListOptions) {
    this.#options = { clock: systemClock, ...options };
    this.#collector = options.collectors.find(({ type }) => type === 'processes');
    this.collectors = options.collectors.map((one) =>
      one === this.#collector ? { ...one, collect: (signal) => this.#collect(signal) } : one,
    );
  }

  /** The top processes of a host now; none of a host without collectors here. */
  async now(host: string): Promise<Processes['top']> {
    const { latest, clock } = this.#options;
    const sampled = latest.get('processes');
    if (sampled?.host === host && Math.abs(clock.wallMs() - sampled.t) < freshMs) {
      const { top } = JSON.parse(sampled.json) as Processes;
      if (hasCpu(top)) return top;
    }
    if (host !== this.#options.host || !this.#collector) return [];
    if (clock.monotonicMs() - this.#collectedAtMs > recentMs) {
      await this.#collectTop();
      await pause(apartMs);
    }
    return this.#collectTop();
  }

  #collect(signal: AbortSignal): Promise<object | null> {
    this.#collecting ??= (this.#collector?.collect(signal) ?? Promise.resolve(null)).finally(() => {
      this.#collecting = null;
      this.#collectedAtMs = this.#options.clock.monotonicMs();
    });
    return this.#collecting;
  }

  async #collectTop(): Promise<Processes['top']> {
    const deadline = deadlineAfter(deadlineMs);
    try {
      const payload = (await this.#collect(deadline.signal)) as Pick<Processes, 'top'> | null;
      return payload?.top ?? [];
    } finally {
      deadline.clear();
    }
  }
}

function hasCpu(top: Processes['top']): boolean {
  return top.some(({ cpuPercent }) => cpuPercent !== null);
}
