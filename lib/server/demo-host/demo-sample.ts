import type { SampleType } from '@/lib/protocol/event-types';
import type { Sample } from '@/lib/server/collectors/host';
import { containersAt } from './containers';
import { cpuAt } from './cpu';
import { diskAt } from './disk';
import { filesystemAt } from './filesystem';
import { type MachineState, machineStateAt } from './machine-state';
import { memoryAt } from './memory';
import { networkAt } from './network';
import { pressureAt } from './pressure';
import { processesAt } from './processes';
import { sensorsAt } from './sensors';

/** One sample of each kind. */
export type DemoSample = { readonly [T in SampleType]: Sample<T> };

/** Computes each type of sample from the machine state. */
export const demoSamplers: { readonly [T in SampleType]: (state: MachineState) => Sample<T> } = {
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

/** All samples of the synthetic host at any time, past times too. A pure function. */
export function demoSampleAt(seed: number, unixMs: number): DemoSample {
  const state = machineStateAt(seed, unixMs);
  return {
    cpu: cpuAt(state),
    memory: memoryAt(state),
    pressure: pressureAt(state),
    network: networkAt(state),
    disk: diskAt(state),
    'sensor-data': sensorsAt(state),
    filesystem: filesystemAt(state),
    processes: processesAt(state),
    containers: containersAt(state),
  };
}
