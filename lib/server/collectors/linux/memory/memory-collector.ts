import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { CollectorOf } from '../../host';
import { openPseudoFile } from '../procfs/pseudo-file';
import { parseMeminfo } from './meminfo';
import { openArc } from './zfs-arc';

export interface MemoryOptions {
  readonly procPath: string;
  readonly clock?: Clock;
}

/** Memory as of now, from `/proc/meminfo`, and `arcstats` where there is ZFS. */
export function memoryCollector({ procPath, clock = systemClock }: MemoryOptions): CollectorOf<'memory'> {
  const path = join(procPath, 'meminfo');
  const file = openPseudoFile(path);
  const arc = openArc(procPath, clock);
  return {
    type: 'memory',
    async collect() {
      const sample = parseMeminfo(file.read(), arc());
      if (!sample) throw new Error(`${path} has none of the fields of meminfo`);
      return sample;
    },
  };
}
