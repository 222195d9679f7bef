import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf, Sample } from '../../host';
import { openPseudoFile, type PseudoFile } from '../procfs/pseudo-file';
import type { LinuxRoots } from '../procfs/roots';
import { openCpuFrequency } from './cpu-frequency';
import { busyPercent, cpuShares } from './cpu-shares';
import { parseLoadAverage } from './load-average';
import { parseStat, type Stat } from './stat';

/** CPU time since the previous sample, from `/proc/stat`, with load and frequency as of now. */
export function cpuCollector({
  procPath,
  sysPath,
  clock = systemClock,
}: LinuxRoots & { readonly clock?: Clock }): CollectorOf<'cpu'> {
  const statPath = join(procPath, 'stat');
  const statFile = openPseudoFile(statPath);
  const loadFile = openPseudoFile(join(procPath, 'loadavg'));
  const frequency = openCpuFrequency(sysPath, clock);
  let before: Stat | null = null;
  let beforeMs = 0;

  return {
    type: 'cpu',
    async collect() {
      const frequencyMHz = frequency.meanMHz();
      const after = parseStat(statFile.read());
      const afterMs = clock.monotonicMs();
      if (!after) throw new Error(`${statPath} has no whole cpu line`);
      const times = before && timesBetween(before, after, ((afterMs - beforeMs) / 1000) * ticksPerSecond);
      before = after;
      beforeMs = afterMs;
      if (!times) return null;
      const { runningTasks, blockedTasks } = after;
      return { ...times, ...loadOf(loadFile), frequencyMHz, runningTasks, blockedTasks };
    },
  };
}

type Times = Omit<
  Sample<'cpu'>,
  'load1' | 'load5' | 'load15' | 'frequencyMHz' | 'runningTasks' | 'blockedTasks'
>;

/** `USER_HZ`, in which procfs counts: 100 on every architecture that Node.js runs on. */
const ticksPerSecond = 100;

/** `elapsedTicks` are those of one CPU. */
function timesBetween(before: Stat, after: Stat, elapsedTicks: number): Times | null {
  const online = Math.max(1, after.cores.filter((core) => core !== null).length);
  const shares = cpuShares(before.all, after.all, elapsedTicks * online);
  if (!shares) return null;
  const { idlePercent: _, ...modes } = shares;
  const cores = after.cores.map((core, cpu) => {
    const earlier = before.cores[cpu];
    return core && earlier ? busyPercent(earlier, core, elapsedTicks) : null;
  });
  return { ...modes, cores };
}

/** Load is a detail of the sample: without its file the rest still counts. */
function loadOf(file: PseudoFile) {
  try {
    return parseLoadAverage(file.read());
  } catch {
    return parseLoadAverage('');
  }
}
