import { setTimeout as pause } from 'node:timers/promises';
import type { Host, Sample } from '@/lib/server/collectors/host';
import type { Clock } from '@/lib/server/concurrency/clock';
import { clockWith } from '@/lib/testing/fake-clock';

/** When something else looked at the machine: after `fromMs` and before `toMs`. */
export interface Look {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The least and the most that can have happened between two looks, as what was told of it adds up. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

interface Moment extends Look {
  /** What has happened since it was first told, by name; without what was told no more after that. */
  readonly totals: ReadonlyMap<string, number>;
  readonly memory: Sample<'memory'> | null;
}

const everyMs = 100;

/**
 * Reads a machine several times a second and adds up what is told, until it is stopped. The machine's own clock is
 * that of the moments, so that no time is lost between them.
 */
export function startTimeline(open: (clock: Clock) => Host, clock: () => number) {
  const { signal } = new AbortController();
  const moments: Moment[] = [];
  let nowMs = 0;
  const host = open(clockWith({ monotonicMs: () => nowMs }));
  let isStopped = false;
  let settledIndex = 0;

  const readingOf = (type: string) => host.collectors.find((reading) => reading.type === type);
  const read = async (type: string) => (await readingOf(type)?.collect(signal)) ?? null;

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
      tellPressure((await read('pressure')) as Sample<'pressure'> | null, rates);
      tellNetwork((await read('network')) as Sample<'network'> | null, rates);
      tellDisks((await read('disk')) as Sample<'disk'> | null, rates);
      const toMs = clock();
      const before = moments.at(-1);
      const seconds = before ? (fromMs - before.fromMs) / 1000 : 0;
      for (const [name, rate] of rates) {
        if (rate === null && sums.delete(name)) lost.add(name);
        if (rate !== null && !lost.has(name)) sums.set(name, (sums.get(name) ?? 0) + rate * seconds);
      }
      moments.push({ fromMs, toMs, totals: new Map(sums), memory });
      await pause(everyMs);
    }
  }

  const following = follow().finally(() => {
    isStopped = true;
  });

  /** Waits for moments that have not begun yet. */
  async function more(count: number): Promise<void> {
    for (const known = moments.length; moments.length < known + count && !isStopped; )
      await pause(everyMs / 4);
  }

  const total = (moment: Moment | undefined, name: string) => moment?.totals.get(name) ?? Number.NaN;
  const lastBefore = (ms: number) => moments.findLast(({ toMs }) => toMs <= ms);
  const firstAfter = (ms: number) => moments.find(({ fromMs }) => fromMs >= ms);

  return {
    /** Resolves when what there is to be told has been. */
    async settled(): Promise<void> {
      await more(5);
      settledIndex = moments.length - 1;
    },
    async stop(): Promise<void> {
      await more(2);
      isStopped = true;
      await following;
      host.close?.();
    },
    /** What was told throughout. */
    names: () =>
      [...(moments.at(-1)?.totals.keys() ?? [])].filter((name) => moments[settledIndex]?.totals.has(name)),
    between(first: Look, last: Look, name: string): Bounds {
      const inner = total(lastBefore(last.fromMs), name) - total(firstAfter(first.toMs), name);
      const most = total(firstAfter(last.toMs), name) - total(lastBefore(first.fromMs), name);
      // On a machine that is held up the inner moments may be the wrong way round: then nothing is known.
      return { least: Math.max(0, inner), most };
    },
    /** What memory was told to be around a look. */
    memoryAround: ({ fromMs, toMs }: Look) =>
      [lastBefore(fromMs), firstAfter(toMs)].flatMap((moment) => moment?.memory ?? []),
  };
}

function tellPressure(sample: Sample<'pressure'> | null, rates: Map<string, number | null>): void {
  for (const resource of ['cpu', 'memory', 'io'] as const) {
    if (sample) rates.set(`pressure ${resource}`, sample[resource].somePercent);
  }
}

function tellNetwork(sample: Sample<'network'> | null, rates: Map<string, number | null>): void {
  for (const row of sample?.interfaces ?? []) {
    rates.set(`received ${row.name}`, row.rxBytesPerSecond);
    rates.set(`sent ${row.name}`, row.txBytesPerSecond);
  }
}

function tellDisks(sample: Sample<'disk'> | null, rates: Map<string, number | null>): void {
  for (const row of sample?.devices ?? []) {
    rates.set(`read ${row.name}`, row.readBytesPerSecond);
    rates.set(`written ${row.name}`, row.writeBytesPerSecond);
    rates.set(`writes ${row.name}`, row.writesPerSecond);
    rates.set(`busy ${row.name}`, row.utilPercent);
    const waitedMs = row.writesPerSecond === 0 ? 0 : (row.writeAwaitMs ?? 0) * (row.writesPerSecond ?? 0);
    rates.set(`waited ${row.name}`, row.writesPerSecond === null ? null : waitedMs);
  }
}
