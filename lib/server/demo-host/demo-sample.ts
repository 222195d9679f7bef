import type { SampleType } from '@/lib/protocol/event-types';
import type { Sample } from '@/lib/server/collectors/host';
import { containersAt } from './containers';
import { cpuAt } from './cpu';
import { diskAt } from './disk';
import { filesystemAt } from './filesystem';
import { type Moment, momentAt } from './machine-state';
import { memoryAt } from './memory';
import { networkAt } from './network';
import { pressureAt } from './pressure';
import { processesAt } from './processes';
import { sensorsAt } from './sensors';

/** One sample of each kind. */
export type DemoSample = { readonly [T in SampleType]: Sample<T> };

/** How each kind of sample follows from the moment. */
export const demoSamplers: { readonly [T in SampleType]: (moment: Moment) => Sample<T> } = {
  cpu: cpuAt,
  memory: memoryAt,
  pressure: pressureAt,
  network: networkAt,
  disk: diskAt,
  'sensor-data': sensorsAt,
  filesystem: filesystemAt,
  processes: processesAt,
  containers: containersAt,
};

/** Everything there is to read from the synthetic host at any moment, past ones too. A pure function. */
export function demoSampleAt(seed: number, unixMs: number): DemoSample {
  const moment = momentAt(seed, unixMs);
  return {
    cpu: cpuAt(moment),
    memory: memoryAt(moment),
    pressure: pressureAt(moment),
    network: networkAt(moment),
    disk: diskAt(moment),
    'sensor-data': sensorsAt(moment),
    filesystem: filesystemAt(moment),
    processes: processesAt(moment),
    containers: containersAt(moment),
  };
}
