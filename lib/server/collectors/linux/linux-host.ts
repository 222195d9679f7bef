import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HostFacts } from '@/lib/protocol/payloads';
import { findContainer } from '../container';
import { type Host, offered, type Reading } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { containerCpuReading } from './cgroup/container-cpu';
import { containerMemoryReading } from './cgroup/container-memory';
import { containerFacts, scopedReading } from './cgroup/container-scope';
import { findOwnCgroup, type OwnCgroup } from './cgroup/own-cgroup';
import { containerReading } from './containers/container-collector';
import { cpuReading, type LinuxRoots } from './cpu/cpu-collector';
import { diskReading } from './disk/disk-collector';
import { filesystemReading } from './filesystem/filesystem-collector';
import { loginWatch } from './logins/login-source';
import { memoryReading } from './memory/memory-collector';
import { networkReading } from './network/network-collector';
import { cgroupPressureReading, pressureReading } from './pressure/pressure-collector';
import { processReading } from './processes/process-collector';
import { sensorReading } from './sensors/sensor-collector';
import { watchedFacts } from './watched-facts';

export interface LinuxHostOptions extends LinuxRoots {
  readonly name: string;
  /** The kind of container that these roots show from within, `null` for a machine as a whole. */
  readonly ownContainer?: () => Promise<string | null>;
  /** Ms since any fixed moment, for what is told per second. */
  readonly now?: () => number;
}

/** A Linux machine, this one or another whose `/proc` and `/sys` are mounted elsewhere. */
export function openLinuxHost({ name, ownContainer, ...roots }: LinuxHostOptions): Host {
  const { procPath, sysPath, now } = roots;
  const isOwn = resolve(procPath) === '/proc';
  const sensors = sensorReading(roots);
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
    const watched = await watchedFacts({ name, procPath });
    if (!isOwn) return watched;
    const { bootTime, ...rest } = await own();
    return { ...rest, bootTime: watched.bootTime ?? bootTime };
  }

  async function findFacts(own: () => Promise<HostFacts>): Promise<HostFacts> {
    const [machine, container] = await Promise.all([findMachineFacts(own), ownCgroup()]);
    return container ? containerFacts(machine, sysPath, container) : machine;
  }

  // A procfs that has neither is none, or is mounted without them (`subset=pid`).
  const hasMachine = () => ['stat', 'meminfo'].some((file) => existsSync(join(procPath, file)));
  const readings: readonly Reading[] = [
    scopedReading(cpuReading(roots), ownCgroup, (own) =>
      containerCpuReading({ sysPath, cgroup: own, ...(now ? { now } : {}) }),
    ),
    scopedReading(memoryReading(roots), ownCgroup, (own) => containerMemoryReading(procPath, own)),
    scopedReading(pressureReading(roots), ownCgroup, (own) => cgroupPressureReading(own, now)),
    networkReading(roots),
    diskReading(roots),
    sensors,
    filesystemReading(roots),
    processReading(roots),
    containerReading(roots),
  ];

  return {
    name,
    readings: readings.map((reading) => offered(reading, hasMachine)),
    watches: [loginWatch(roots)],
    factsAtOnce: () => findFacts(() => ownFactsAtOnce(name)),
    facts() {
      facts ??= findFacts(() => ownFacts({ name }));
      return facts;
    },
    close: sensors.close,
  };
}
