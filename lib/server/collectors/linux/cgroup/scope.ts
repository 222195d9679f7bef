import type { HostFacts } from '@/lib/protocol/payloads';
import type { CollectorOf } from '../../host';
import { cpuCapacity } from './container-cpu';
import type { OwnCgroup } from './own-cgroup';

/**
 * Collects for the container where Hostbeat monitors the limited one that it runs in, else for the machine. What the
 * container does not provide is left out: the machine's value would be taken for its own.
 */
export function scopedCollector<T extends 'cpu' | 'memory' | 'pressure'>(
  machine: CollectorOf<T>,
  ownCgroup: () => Promise<OwnCgroup | null>,
  ofContainer: (cgroup: OwnCgroup) => CollectorOf<T>,
): CollectorOf<T> {
  let chosen: CollectorOf<T> | null = null;
  return {
    type: machine.type,
    async collect(signal) {
      if (!chosen) {
        const cgroup = await ownCgroup();
        chosen ??= cgroup ? ofContainer(cgroup) : machine;
      }
      return chosen.collect(signal);
    },
  };
}

/** The facts of a machine with what a container may use of it: CPUs, of which a part counts as one, and memory. */
export function containerFacts(facts: HostFacts, sysPath: string, cgroup: OwnCgroup): HostFacts {
  const cpus = cpuCapacity(sysPath, cgroup);
  const limitBytes = cgroup.memoryLimitBytes() ?? Number.POSITIVE_INFINITY;
  const memoryBytes = Math.min(limitBytes, facts.memoryBytes ?? Number.POSITIVE_INFINITY);
  return {
    ...facts,
    cores: cpus === null ? facts.cores : Math.max(1, Math.ceil(cpus)),
    memoryBytes: Number.isFinite(memoryBytes) ? memoryBytes : null,
    scope: 'container',
  };
}
