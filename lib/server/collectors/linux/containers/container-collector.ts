import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { settledWithin } from '@/lib/protocol/deadline';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { cpuPercentMax } from '../../counter-rates';
import type { CollectorOf, Sample } from '../../host';
import { parseCpuMax } from '../cgroup/own-cgroup';
import { shownName } from '../procfs/kernel-text';
import { readBrief } from '../procfs/pseudo-file';
import type { LinuxRoots } from '../procfs/roots';
import { rootfsOf } from '../procfs/roots';
import { keyedFigure, singleFigure, usedMemory } from './cgroup-files';
import { type ContainerCgroup, containersMax, openContainerCgroups } from './container-cgroups';
import type { askEngine, EngineContainer } from './engine';
import { openEngines } from './engines';

export interface ContainerOptions extends LinuxRoots {
  readonly clock?: Clock;
  readonly ask?: typeof askEngine;
}

type Row = Sample<'containers'>['containers'][number];
type Figures = Omit<Row, keyof EngineContainer>;

interface Usage {
  readonly microseconds: number;
  readonly atMs: number;
  /** Periods in which it ran, and those of them that its quota cut short; `null` without a quota. */
  readonly periods: number | null;
  readonly throttled: number | null;
}

const everyMs = 5_000;
/** What a slower engine answers is part of the next sample. */
const engineWaitMs = 300;
/** Others get a turn after so many containers: about 2 ms. */
const chunk = 50;

/**
 * The containers of the machine: figures from cgroup v2, names and health from an engine where one can be asked. An
 * empty list where there could be some, so that a page can say so; `null` where there is neither source.
 */
export function containerCollector({
  clock = systemClock,
  ask,
  ...roots
}: ContainerOptions): CollectorOf<'containers'> {
  const root = join(roots.sysPath, 'fs/cgroup');
  const cgroups = openContainerCgroups(root, clock);
  const engines = openEngines({ rootfsPath: rootfsOf(roots), clock, ...(ask ? { ask } : {}) });
  let byEngine: ReadonlyMap<string, EngineContainer> | null = null;
  let usages = new Map<string, Usage>();

  async function askEngines(runningIds: readonly string[], signal: AbortSignal): Promise<void> {
    const answer = engines.containers(runningIds).then((containers) => {
      byEngine = containers;
    });
    await settledWithin(answer, engineWaitMs, signal);
  }

  function figuresOf({ id, path }: ContainerCgroup, earlier: Usage | undefined): Figures {
    const text = (file: string) => readBrief(join(path, file)) ?? '';
    const usage = usageOf(text('cpu.stat'), parseCpuMax(text('cpu.max')) !== null, clock.monotonicMs());
    if (usage) usages.set(id, usage);
    return {
      cpuPercent: usage && percentSince(earlier, usage),
      throttledPercent: usage && throttledSince(earlier, usage),
      oomKills: keyedFigure(text('memory.events'), 'oom_kill'),
      memoryBytes: usedMemory(singleFigure(text('memory.current')), text('memory.stat')),
      memoryLimitBytes: singleFigure(text('memory.max')),
    };
  }

  return {
    type: 'containers',
    everyMs,
    async collect(signal) {
      const hasCgroups = readBrief(join(root, 'cgroup.controllers')) !== null;
      const running = hasCgroups ? await cgroups() : [];
      await askEngines(
        running.map(({ id }) => id),
        signal,
      );
      if (!hasCgroups && byEngine === null) return null;

      const earlier = usages;
      usages = new Map();
      const rows: Row[] = [];
      for (const [index, cgroup] of running.entries()) {
        if (index % chunk === chunk - 1) await turn();
        if (signal.aborted) break;
        const known = byEngine?.get(cgroup.id);
        const names = known ?? namesOf(cgroup);
        rows.push({ ...names, ...figuresOf(cgroup, earlier.get(cgroup.id)) });
      }
      const ids = new Set(running.map(({ id }) => id));
      for (const container of byEngine?.values() ?? []) {
        if (!ids.has(container.id)) rows.push({ ...container, ...noFigures });
      }
      return { containers: rows.slice(0, containersMax) };
    },
  };
}

/** What the cgroup itself provides, where no engine knows the container. */
function namesOf({ id, name, path }: ContainerCgroup): EngineContainer {
  const events = readBrief(join(path, 'cgroup.events')) ?? '';
  const isFrozen = keyedFigure(events, 'frozen') === 1;
  const isPopulated = keyedFigure(events, 'populated') === 1;
  const state = isFrozen ? 'paused' : isPopulated ? 'running' : null;
  return {
    id: shownName(id),
    name: name === null ? null : shownName(name),
    image: null,
    state,
    health: null,
  };
}

function usageOf(cpuStat: string, hasQuota: boolean, atMs: number): Usage | null {
  const microseconds = keyedFigure(cpuStat, 'usage_usec');
  if (microseconds === null) return null;
  const [periods, throttled] = hasQuota
    ? [keyedFigure(cpuStat, 'nr_periods'), keyedFigure(cpuStat, 'nr_throttled')]
    : [null, null];
  return { microseconds, atMs, periods, throttled };
}

/** `null` at first, without a quota, and when the counters were set back. Who did not run was not held up. */
function throttledSince(before: Usage | undefined, after: Usage): number | null {
  if (before?.periods == null || before.throttled === null) return null;
  if (after.periods === null || after.throttled === null) return null;
  const [periods, throttled] = [after.periods - before.periods, after.throttled - before.throttled];
  if (periods < 0 || throttled < 0) return null;
  return periods === 0 ? 0 : Math.min(100, Math.round((throttled / periods) * 1000) / 10);
}

/** Of one core. `null` at first, and when the counter was set back: then it is another container's. */
function percentSince(before: Usage | undefined, after: Usage): number | null {
  if (!before || after.microseconds < before.microseconds || after.atMs <= before.atMs) return null;
  const share = (after.microseconds - before.microseconds) / 1000 / (after.atMs - before.atMs);
  return share * 100 > cpuPercentMax ? null : Math.round(share * 1000) / 10;
}

const noFigures: Figures = {
  cpuPercent: null,
  memoryBytes: null,
  memoryLimitBytes: null,
  throttledPercent: null,
  oomKills: null,
};
