import { join } from 'node:path';
import { systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf, Sample } from '../../host';
import { keyedFigure, singleFigure, usedMemory } from '../containers/cgroup-files';
import { parseMeminfo } from '../memory/meminfo';
import { openArc } from '../memory/zfs-arc';
import { openPseudoFile, readBrief } from '../procfs/pseudo-file';
import type { OwnCgroup } from './own-cgroup';

/** A container's memory files (cgroup-v2.rst), as text. */
export interface MemoryFiles {
  readonly current: string;
  readonly stat: string;
  readonly swapMax: string;
  readonly swapCurrent: string;
}

/**
 * A container's memory: of its limit, or of the machine where that has less. What is used is so without the page
 * cache that goes first; buffers are the machine's matter. `null` when the usage is unknown.
 */
export function containerMemory(
  files: MemoryFiles,
  limitBytes: number | null,
  machine: Sample<'memory'> | null,
): Sample<'memory'> | null {
  const current = singleFigure(files.current);
  const used = usedMemory(current, files.stat);
  if (current === null || used === null) return null;
  const totalBytes = lesser(limitBytes, machine?.totalBytes ?? null);
  const usedBytes = lesser(used, totalBytes);
  const left = (taken: number) => (totalBytes === null ? null : Math.max(0, totalBytes - taken));
  const file = keyedFigure(files.stat, 'file');
  return {
    totalBytes,
    usedBytes,
    availableBytes: left(used),
    freeBytes: left(current),
    cachedBytes: file === null ? null : Math.max(0, file - (keyedFigure(files.stat, 'shmem') ?? 0)),
    buffersBytes: null,
    swapTotalBytes: lesser(singleFigure(files.swapMax), machine?.swapTotalBytes ?? null),
    swapUsedBytes: singleFigure(files.swapCurrent),
  };
}

/** The memory of the container that Hostbeat runs in, as of now. */
export function containerMemoryCollector(procPath: string, cgroup: OwnCgroup): CollectorOf<'memory'> {
  const meminfo = openPseudoFile(join(procPath, 'meminfo'));
  const arc = openArc(procPath, systemClock);
  const text = (file: string) => readBrief(join(cgroup.path, file)) ?? '';
  return {
    type: 'memory',
    async collect() {
      const files = {
        current: text('memory.current'),
        stat: text('memory.stat'),
        swapMax: text('memory.swap.max'),
        swapCurrent: text('memory.swap.current'),
      };
      const machine = meminfo.read();
      const own = containerMemory(files, cgroup.memoryLimitBytes(), parseMeminfo(machine));
      // A container whose CPU alone is limited may lack the controller: then the machine's memory is its own.
      return own ?? parseMeminfo(machine, arc());
    },
  };
}

function lesser(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
