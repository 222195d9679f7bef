import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf, Sample } from '../../host';
import { keyedFigure } from '../containers/cgroup-files';
import { openCpuFrequency } from '../cpu/cpu-frequency';
import { readBrief } from '../procfs/pseudo-file';
import type { OwnCgroup } from './own-cgroup';

export interface ContainerCpuOptions {
  readonly sysPath: string;
  readonly cgroup: OwnCgroup;
  readonly clock?: Clock;
}

/** CPU time of a container since it began, in µs, and when that was read. */
interface Usage {
  readonly all: number;
  readonly user: number | null;
  readonly system: number | null;
  readonly atMs: number;
}

/** How many CPUs a container may use: its quota, its set or the machine's, whichever is least; `null` if none is known. */
export function cpuCapacity(sysPath: string, cgroup: OwnCgroup): number | null {
  const online = countCpus(readBrief(join(sysPath, 'devices/system/cpu/online')) ?? '');
  const set = countCpus(readBrief(join(cgroup.path, 'cpuset.cpus.effective')) ?? '');
  const known = [cgroup.cpuLimit() ?? 0, online, set].filter((cpus) => cpus > 0);
  return known.length === 0 ? null : Math.min(...known);
}

/**
 * The CPU of the container that Hostbeat runs in, as shares of what it may use, from `cpu.stat` (cgroup-v2.rst). What
 * only the machine has is `null`: its load, its tasks, other modes; cores are not distinguished.
 */
export function containerCpuCollector(options: ContainerCpuOptions): CollectorOf<'cpu'> {
  const { sysPath, cgroup, clock = systemClock } = options;
  const path = join(cgroup.path, 'cpu.stat');
  const frequency = openCpuFrequency(sysPath);
  let before: Usage | null = null;

  return {
    type: 'cpu',
    async collect() {
      const frequencyMHz = frequency.meanMHz();
      const after = usageOf(readBrief(path) ?? '', clock.monotonicMs());
      if (!after) throw new Error(`${path} has no usage_usec`);
      const shares = before && sharesBetween(before, after, cpuCapacity(sysPath, cgroup));
      before = after;
      return shares && { ...machineOnly, ...shares, frequencyMHz };
    },
  };
}

function usageOf(text: string, atMs: number): Usage | null {
  const all = keyedFigure(text, 'usage_usec');
  if (all === null) return null;
  return { all, user: keyedFigure(text, 'user_usec'), system: keyedFigure(text, 'system_usec'), atMs };
}

/** `null` when the counters were set back, or nothing is known to be a share of. */
function sharesBetween(before: Usage, after: Usage, cpus: number | null) {
  const elapsedMs = after.atMs - before.atMs;
  if (cpus === null || elapsedMs <= 0 || after.all < before.all) return null;
  const percent = (earlier: number | null, later: number | null) => {
    if (earlier === null || later === null || later < earlier) return null;
    // A container may use some of its quota a period late: that is no more than all of it.
    return Math.min(100, Math.round(((later - earlier) / 1000 / elapsedMs / cpus) * 10_000) / 100);
  };
  const totalPercent = percent(before.all, after.all);
  const userPercent = percent(before.user, after.user);
  return { totalPercent, userPercent, systemPercent: percent(before.system, after.system) };
}

const machineOnly = {
  nicePercent: null,
  iowaitPercent: null,
  irqPercent: null,
  softirqPercent: null,
  stealPercent: null,
  guestPercent: null,
  cores: [],
  load1: null,
  load5: null,
  load15: null,
  runningTasks: null,
  blockedTasks: null,
} satisfies Partial<Sample<'cpu'>>;

/** A list such as `0-3,7`; 0 when it is none. */
export function countCpus(list: string): number {
  const ranges = list.trim().split(',');
  return ranges.reduce((count, range) => {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    return count + (first === undefined ? 0 : Math.max(0, Number(last) - Number(first) + 1));
  }, 0);
}
