import { setTimeout as pause } from 'node:timers/promises';
import type { Host, Sample } from '@/lib/server/collectors/host';
import type { Clock } from '@/lib/server/concurrency/clock';
import { clockWith } from '@/lib/testing/fake-clock';

/** A reading by another program: after `fromMs` and before `toMs`. */
export interface ReadTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The least and the most that can have happened between two readings, by the sum of the samples. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

interface Entry extends ReadTime {
  /** Sums since the first sample, by name; without those whose samples have ended. */
  readonly totals: ReadonlyMap<string, number>;
  readonly memory: Sample<'memory'> | null;
}

const everyMs = 100;

/**
 * Samples a machine several times a second and adds the samples up, until it is stopped. The host has the clock of the
 * entries, so that no time is lost between them.
 */
export function startTimeline(open: (clock: Clock) => Host, clock: () => number) {
  const { signal } = new AbortController();
  const entries: Entry[] = [];
  let nowMs = 0;
  const host = open(clockWith({ monotonicMs: () => nowMs }));
  let isStopped = false;
  let settledIndex = 0;

  const collectorOf = (type: string) => host.collectors.find((collector) => collector.type === type);
  const read = async (type: string) => (await collectorOf(type)?.collect(signal)) ?? null;

  async function follow(): Promise<void> {
    const sums = new Map<string, number>();
    const lost = new Set<string>();
    while (!isStopped) {
      const fromMs = clock();
      nowMs = fromMs;
      const rates = new Map<string, number | null>();
      const cpu = (await read('cpu')) as Sample<'cpu'> | null;
      const memory = (await read('memory')) as Sample<'memory'> | null;
      rates.set('cpu', cpu?.totalPercent ?? null);
      rates.set('iowait', cpu?.iowaitPercent ?? null);
      addPressure((await read('pressure')) as Sample<'pressure'> | null, rates);
      addNetwork((await read('network')) as Sample<'network'> | null, rates);
      addDisks((await read('disk')) as Sample<'disk'> | null, rates);
      const toMs = clock();
      const before = entries.at(-1);
      const seconds = before ? (fromMs - before.fromMs) / 1000 : 0;
      for (const [name, rate] of rates) {
        if (rate === null && sums.delete(name)) lost.add(name);
        if (rate !== null && !lost.has(name)) sums.set(name, (sums.get(name) ?? 0) + rate * seconds);
      }
      entries.push({ fromMs, toMs, totals: new Map(sums), memory });
      await pause(everyMs);
    }
  }

  const following = follow().finally(() => {
    isStopped = true;
  });

  /** Waits for `count` more entries. */
  async function more(count: number): Promise<void> {
    for (const known = entries.length; entries.length < known + count && !isStopped; )
      await pause(everyMs / 4);
  }

  const total = (entry: Entry | undefined, name: string) => entry?.totals.get(name) ?? Number.NaN;
  const lastBefore = (ms: number) => entries.findLast(({ toMs }) => toMs <= ms);
  const firstAfter = (ms: number) => entries.find(({ fromMs }) => fromMs >= ms);

  return {
    /** Resolves when every collector has had samples. */
    async settled(): Promise<void> {
      await more(5);
      settledIndex = entries.length - 1;
    },
    async stop(): Promise<void> {
      await more(2);
      isStopped = true;
      await following;
      host.close?.();
    },
    /** The names with samples throughout. */
    names: () =>
      [...(entries.at(-1)?.totals.keys() ?? [])].filter((name) => entries[settledIndex]?.totals.has(name)),
    between(first: ReadTime, last: ReadTime, name: string): Bounds {
      const inner = total(lastBefore(last.fromMs), name) - total(firstAfter(first.toMs), name);
      const most = total(firstAfter(last.toMs), name) - total(lastBefore(first.fromMs), name);
      // On a stalled machine the inner entries may be in the wrong order: then nothing is known.
      return { least: Math.max(0, inner), most };
    },
    /** The samples of memory around a reading. */
    memoryAround: ({ fromMs, toMs }: ReadTime) =>
      [lastBefore(fromMs), firstAfter(toMs)].flatMap((entry) => entry?.memory ?? []),
  };
}

function addPressure(sample: Sample<'pressure'> | null, rates: Map<string, number | null>): void {
  for (const resource of ['cpu', 'memory', 'io'] as const) {
    if (sample) rates.set(`pressure ${resource}`, sample[resource].somePercent);
  }
}

function addNetwork(sample: Sample<'network'> | null, rates: Map<string, number | null>): void {
  for (const row of sample?.interfaces ?? []) {
    rates.set(`received ${row.name}`, row.rxBytesPerSecond);
    rates.set(`sent ${row.name}`, row.txBytesPerSecond);
  }
}

function addDisks(sample: Sample<'disk'> | null, rates: Map<string, number | null>): void {
  for (const row of sample?.devices ?? []) {
    rates.set(`read ${row.name}`, row.readBytesPerSecond);
    rates.set(`written ${row.name}`, row.writeBytesPerSecond);
    rates.set(`writes ${row.name}`, row.writesPerSecond);
    rates.set(`busy ${row.name}`, row.utilPercent);
    const waitedMs = row.writesPerSecond === 0 ? 0 : (row.writeAwaitMs ?? 0) * (row.writesPerSecond ?? 0);
    rates.set(`waited ${row.name}`, row.writesPerSecond === null ? null : waitedMs);
  }
}
