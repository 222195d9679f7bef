import type { Sample } from '@/lib/server/collectors/host';
import { coreCount, type Demand } from './demand';
import { lagged, type MachineState } from './machine-state';
import { leakProgress } from './memory';
import { channelOf, smooth } from './noise';
import { percentOf } from './units';

/** Shares of time, 0..1, in which some and all tasks waited. */
interface Stall {
  readonly some: number;
  readonly full: number;
}

const channel = channelOf('pressure');

export function pressureAt(state: MachineState): Sample<'pressure'> {
  const { now, past, noise, unixMs, incidents } = state;
  const memory = (demand: Demand) => memoryStall(leakProgress(incidents, demand.atMs));
  const stalls = (stallOf: (demand: Demand) => Stall, nth: number) => {
    const { some, full } = stallOf(now);
    const jitter = 1 + 0.14 * noise.wander(channel + nth, unixMs, 6_000);
    return {
      someAvg10: percentOf(lagged(past, 10_000, (demand) => stallOf(demand).some)),
      fullAvg10: percentOf(lagged(past, 10_000, (demand) => stallOf(demand).full)),
      somePercent: percentOf(some * jitter),
      fullPercent: percentOf(full * jitter),
    };
  };
  return { cpu: stalls(cpuStall, 0), memory: stalls(memory, 1), io: stalls(ioStall, 2) };
}

/** A machine as a whole never has all its tasks wait for a CPU: the kernel says 0 since 5.13. */
function cpuStall({ askedCores }: Demand): Stall {
  const asked = askedCores / coreCount;
  return { some: Math.min(0.9, 0.014 * asked + 0.95 * Math.max(0, asked - 0.55) ** 1.5), full: 0 };
}

function ioStall(demand: Demand): Stall {
  const some = 1 - Math.exp(-0.5 * demand.waitingTasks);
  return { some, full: some * 0.72 * (1 - (0.65 * demand.busyCores) / coreCount) };
}

/** Near its limit, a container spends its time on winning memory back. */
function memoryStall(progress: number): Stall {
  const some = 0.26 * smooth((progress - 0.9) / 0.1);
  return { some, full: some * 0.6 };
}
