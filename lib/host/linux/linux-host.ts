import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { HostFacts } from '@/lib/events/payloads';
import { findContainer } from '../container';
import { type Host, offered, type Reading } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { containerReading } from './containers/container-reading';
import { cpuReading, type LinuxRoots } from './cpu-reading';
import { diskReading } from './disk-reading';
import { filesystemReading } from './filesystem-reading';
import { loginWatch } from './logins/login-watch';
import { memoryReading } from './memory-reading';
import { networkReading } from './network-reading';
import { containerCpuReading } from './own-cgroup/container-cpu';
import { containerMemoryReading } from './own-cgroup/container-memory';
import { containerFacts, scopedReading } from './own-cgroup/container-scope';
import { findOwnCgroup, type OwnCgroup } from './own-cgroup/own-cgroup';
import { cgroupPressureReading, pressureReading } from './pressure-reading';
import { processReading } from './processes/process-reading';
import { sensorReading } from './sensors/sensor-reading';
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
