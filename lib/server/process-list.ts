import { setTimeout as pause } from 'node:timers/promises';
import { deadlineAfter } from '@/lib/protocol/deadline';
import type { Processes } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';
import type { ScheduledCollector } from './scheduler/collector';

export interface TopConsumersOptions {
  readonly host: string;
  readonly collectors: readonly ScheduledCollector[];
  readonly latest: ReadonlyMap<string, NewEvent>;
}

export interface TopConsumers {
  /** The same collectors; that of processes may be called again while it runs, and both calls get one result. */
  readonly collectors: readonly ScheduledCollector[];
  /** The top processes of a host now; none of a host without collectors here. */
  now(host: string): Promise<Processes['top']>;
}

/** The age up to which the last sample is used; processes are collected again after that. */
const freshMs = 1_000;
/** CPU is counted since the last collection; when that is longer ago, a second one follows after `apartMs`. */
const recentMs = 6_000;
const apartMs = 150;
const deadlineMs = 1_000;

/** The processes that use most: of the last sample, else collected now. */
export function openTopConsumers({ host, collectors, latest }: TopConsumersOptions): TopConsumers {
  let collecting: Promise<object | null> | null = null;
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  const processes = collectors.find(({ type }) => type === 'processes');

  function collect(signal: AbortSignal): Promise<object | null> {
    collecting ??= (processes?.collect(signal) ?? Promise.resolve(null)).finally(() => {
      collecting = null;
      collectedAtMs = performance.now();
    });
    return collecting;
  }

  async function collectTop(): Promise<Processes['top']> {
    const deadline = deadlineAfter(deadlineMs);
    try {
      const payload = (await collect(deadline.signal)) as Pick<Processes, 'top'> | null;
      return payload?.top ?? [];
    } finally {
      deadline.clear();
    }
  }

  return {
    collectors: collectors.map((one) => (one === processes ? { ...one, collect } : one)),
    async now(of) {
      const sampled = latest.get('processes');
      if (sampled?.host === of && Math.abs(Date.now() - sampled.t) < freshMs) {
        const { top } = JSON.parse(sampled.json) as Processes;
        if (knowsCpu(top)) return top;
      }
      if (of !== host || !processes) return [];
      if (performance.now() - collectedAtMs > recentMs) {
        await collectTop();
        await pause(apartMs);
      }
      return collectTop();
    },
  };
}

function knowsCpu(top: Processes['top']): boolean {
  return top.some(({ cpuPercent }) => cpuPercent !== null);
}
