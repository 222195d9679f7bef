import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HostFacts } from '@/lib/protocol/payloads';
import type { Clock } from '@/lib/server/concurrency/clock';
import { findContainer } from '../container';
import { type Collector, type Host, optionalCollector } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { containerCpuCollector } from './cgroup/container-cpu';
import { containerMemoryCollector } from './cgroup/container-memory';
import { findOwnCgroup, type OwnCgroup } from './cgroup/own-cgroup';
import { containerFacts, scopedCollector } from './cgroup/scope';
import { containerCollector } from './containers/container-collector';
import { cpuCollector } from './cpu/cpu-collector';
import { diskCollector } from './disk/disk-collector';
import { filesystemCollector } from './filesystem/filesystem-collector';
import { loginSource } from './logins/login-source';
import { memoryCollector } from './memory/memory-collector';
import { networkCollector } from './network/network-collector';
import { cgroupPressureCollector, pressureCollector } from './pressure/pressure-collector';
import { processCollector } from './processes/process-collector';
import type { LinuxRoots } from './procfs/roots';
import { procfsFacts } from './procfs-facts';
import { sensorCollector } from './sensors/sensor-collector';

export interface LinuxHostOptions extends LinuxRoots {
  readonly name: string;
  /** The kind of container that these roots show from within, `null` for a machine as a whole. */
  readonly ownContainer?: () => Promise<string | null>;
  readonly clock?: Clock;
}

/** A Linux machine, this one or another whose `/proc` and `/sys` are mounted elsewhere. */
export function openLinuxHost({ name, ownContainer, ...roots }: LinuxHostOptions): Host {
  const { procPath, sysPath, clock } = roots;
  const isOwn = resolve(procPath) === '/proc';
  const sensors = sensorCollector(roots);
  let facts: Promise<HostFacts> | null = null;
  let cgroup: Promise<OwnCgroup | null> | null = null;

  async function findCgroup(): Promise<OwnCgroup | null> {
    const container = ownContainer ? await ownContainer() : isOwn ? await findContainer() : null;
    return container === null ? null : findOwnCgroup(procPath, sysPath);
  }

  function ownCgroup(): Promise<OwnCgroup | null> {
    cgroup ??= findCgroup();
    return cgroup;
  }

  async function findMachineFacts(own: () => Promise<HostFacts>): Promise<HostFacts> {
    const procfs = await procfsFacts({ name, procPath });
    if (!isOwn) return procfs;
    const { bootTime, ...rest } = await own();
    return { ...rest, bootTime: procfs.bootTime ?? bootTime };
  }

  async function findFacts(own: () => Promise<HostFacts>): Promise<HostFacts> {
    const [machine, container] = await Promise.all([findMachineFacts(own), ownCgroup()]);
    return container ? containerFacts(machine, sysPath, container) : machine;
  }

  // A procfs that has neither is none, or is mounted without them (`subset=pid`).
  const hasMachine = () => ['stat', 'meminfo'].some((file) => existsSync(join(procPath, file)));
  const collectors: readonly Collector[] = [
    scopedCollector(cpuCollector(roots), ownCgroup, (own) =>
      containerCpuCollector({ sysPath, cgroup: own, ...(clock ? { clock } : {}) }),
    ),
    scopedCollector(memoryCollector(roots), ownCgroup, (own) => containerMemoryCollector(procPath, own)),
    scopedCollector(pressureCollector(roots), ownCgroup, (own) => cgroupPressureCollector(own, clock)),
    networkCollector(roots),
    diskCollector(roots),
    sensors,
    filesystemCollector(roots),
    processCollector(roots),
    containerCollector(roots),
  ];

  return {
    name,
    collectors: collectors.map((one) => optionalCollector(one, hasMachine)),
    eventSources: [loginSource(roots)],
    factsAtOnce: () => findFacts(() => ownFactsAtOnce(name)),
    facts() {
      facts ??= findFacts(() => ownFacts({ name }));
      return facts;
    },
    close: sensors.close,
  };
}
