import { setTimeout as pause } from 'node:timers/promises';
import { deadlineAfter } from '@/lib/protocol/deadline';
import type { Processes } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';
import type { ScheduledCollector } from './scheduler/collector';

export interface CulpritsOptions {
  readonly host: string;
  readonly readings: readonly ScheduledCollector[];
  readonly latest: ReadonlyMap<string, NewEvent>;
}

export interface Culprits {
  /** The readings, of which that of processes may be asked by two at once. */
  readonly readings: readonly ScheduledCollector[];
  /** The processes of a host at this moment; none of a host that is not read here. */
  now(host: string): Promise<Processes['top']>;
}

/** An older sample tells of who was at it before; a look of its own tells of the time since that sample. */
const freshMs = 1_000;
/** CPU is told since the look before; when that is longer ago, another look is taken after `apartMs`. */
const recentMs = 6_000;
const apartMs = 150;
const deadlineMs = 1_000;

/** Who is at it: from the last sample of processes, else from a look of its own. */
export function openCulprits({ host, readings, latest }: CulpritsOptions): Culprits {
  let reading: Promise<object | null> | null = null;
  let readAtMs = Number.NEGATIVE_INFINITY;
  const processes = readings.find(({ type }) => type === 'processes');

  function collect(signal: AbortSignal): Promise<object | null> {
    reading ??= (processes?.collect(signal) ?? Promise.resolve(null)).finally(() => {
      reading = null;
      readAtMs = performance.now();
    });
    return reading;
  }

  async function look(): Promise<Processes['top']> {
    const deadline = deadlineAfter(deadlineMs);
    try {
      const payload = (await collect(deadline.signal)) as Pick<Processes, 'top'> | null;
      return payload?.top ?? [];
    } finally {
      deadline.clear();
    }
  }

  return {
    readings: readings.map((one) => (one === processes ? { ...one, collect } : one)),
    async now(of) {
      const sampled = latest.get('processes');
      if (sampled?.host === of && Math.abs(Date.now() - sampled.t) < freshMs) {
        const { top } = JSON.parse(sampled.json) as Processes;
        if (knowsCpu(top)) return top;
      }
      if (of !== host || !processes) return [];
      if (performance.now() - readAtMs > recentMs) {
        await look();
        await pause(apartMs);
      }
      return look();
    },
  };
}

function knowsCpu(top: Processes['top']): boolean {
  return top.some(({ cpuPercent }) => cpuPercent !== null);
}
