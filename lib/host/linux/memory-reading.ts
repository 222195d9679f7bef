import { join } from 'node:path';
import type { ReadingOf } from '../host';
import { parseMeminfo } from './meminfo';
import { openPseudoFile } from './pseudo-file';

/** Memory as of now, from `/proc/meminfo`. */
export function memoryReading({ procPath }: { readonly procPath: string }): ReadingOf<'memory'> {
  const path = join(procPath, 'meminfo');
  const file = openPseudoFile(path);
  return {
    type: 'memory',
    async read() {
      const sample = parseMeminfo(file.read());
      if (!sample) throw new Error(`${path} has none of the fields of meminfo`);
      return sample;
    },
  };
}
