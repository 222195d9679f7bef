import { settledWithin } from '@/lib/protocol/deadline';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf, Sample } from '../../host';
import { maskText } from '../../secrets/mask';
import { shownName } from '../procfs/kernel-text';
import type { LinuxRoots } from '../procfs/roots';
import { hiddenNote, rootfsOf } from '../procfs/roots';
import { openSlowQueue } from '../procfs/slow-queue';
import { type KernelUnits, kernelUnits } from './kernel-units';
import { openProcessDetails, type ProcessDetails } from './process-details';
import { openProcessTable, type TrackedProcess } from './process-table';
import { openUserNames } from './user-names';

export interface ProcessOptions extends Omit<LinuxRoots, 'sysPath'> {
  readonly clock?: Clock;
  /** How much of the main thread a scan of all processes may take, in ms. */
  readonly budgetMs?: number;
  /** Command lines and user names that take longer, in ms, are in the next sample. */
  readonly detailsWaitMs?: number;
}

const everyMs = 5_000;
const topCount = 15;

/**
 * How many processes there are, and those that use most CPU or memory since the previous sample, from `/proc/<pid>`.
 * A first sample has no CPU yet. Kernel threads count, and are in the top only for the CPU they use.
 */
export function processCollector({
  clock = systemClock,
  budgetMs,
  detailsWaitMs = 100,
  ...roots
}: ProcessOptions): CollectorOf<'processes'> {
  const { procPath } = roots;
  const table = openProcessTable({ procPath, clock, ...(budgetMs === undefined ? {} : { budgetMs }) });
  const users = openUserNames(rootfsOf(roots), clock);
  const queue = openSlowQueue();
  const details = openProcessDetails({ procPath, queue, clock });
  let units: KernelUnits | null = null;
  let isPartial = false;

  function rowOf(
    { pid, stat, cpuPercent }: TrackedProcess,
    { uid, ...found }: ProcessDetails,
    pageBytes: number,
  ) {
    return {
      pid,
      name: maskText(shownName(stat.name)),
      user: uid === null ? null : users.nameOf(uid),
      cpuPercent: cpuPercent === null ? null : Math.round(cpuPercent * 10) / 10,
      memoryBytes: stat.residentPages === null ? null : stat.residentPages * pageBytes,
      ...found,
    } satisfies Sample<'processes'>['top'][number];
  }

  return {
    type: 'processes',
    everyMs,
    onDemand: true,
    async collect(signal) {
      units ??= await kernelUnits(procPath);
      const { pageBytes } = units;
      const { count, threads, scope, processes } = await table.scan(units, signal);
      const byCpu = highest(processes.values(), topCount, ({ cpuPercent }) => cpuPercent);
      const byMemory = highest(processes.values(), topCount, ({ stat }) => stat.residentPages);
      const chosen = [...new Set([...byCpu, ...byMemory])];

      details.ask(chosen);
      await settledWithin(Promise.all([queue.idle(), users.refresh()]), detailsWaitMs, signal);
      isPartial = scope === 'own';
      return {
        count,
        threads,
        scope,
        top: chosen.map((one) => rowOf(one, details.detailsOf(one), pageBytes)),
      };
    },
    note: () => (isPartial ? hiddenNote('only own processes are seen', procPath) : null),
  };
}

/** The `count` items with the highest score, the highest first; those of no score or 0 are left out. */
export function highest<T>(items: Iterable<T>, count: number, score: (item: T) => number | null): T[] {
  const top: { readonly item: T; readonly points: number }[] = [];
  for (const item of items) {
    const points = score(item) ?? 0;
    const last = top[top.length - 1];
    if (points <= 0 || (top.length === count && last && points <= last.points)) continue;
    if (top.length === count) top.pop();
    const at = top.findIndex((other) => other.points < points);
    top.splice(at === -1 ? top.length : at, 0, { item, points });
  }
  return top.map(({ item }) => item);
}
