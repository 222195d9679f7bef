import { resolve } from 'node:path';
import type { HostFacts } from '@/lib/events/payloads';
import { type Host, offered } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { cpuReading, type LinuxRoots } from './cpu-reading';
import { diskReading } from './disk-reading';
import { filesystemReading } from './filesystem-reading';
import { memoryReading } from './memory-reading';
import { networkReading } from './network-reading';
import { pressureReading } from './pressure-reading';
import { watchedFacts } from './watched-facts';

/** A Linux machine, this one or another whose `/proc` and `/sys` are mounted elsewhere. */
export function openLinuxHost({ name, ...roots }: LinuxRoots & { readonly name: string }): Host {
  const { procPath } = roots;
  let facts: Promise<HostFacts> | null = null;

  async function findFacts(own: () => Promise<HostFacts>): Promise<HostFacts> {
    const watched = await watchedFacts({ name, procPath });
    if (resolve(procPath) !== '/proc') return watched;
    const { bootTime, ...rest } = await own();
    return { ...rest, bootTime: watched.bootTime ?? bootTime };
  }

  return {
    name,
    readings: [
      cpuReading(roots),
      memoryReading(roots),
      ...offered(pressureReading(roots)),
      networkReading(roots),
      diskReading(roots),
      filesystemReading(roots),
    ],
    watches: [],
    factsAtOnce: () => findFacts(() => ownFactsAtOnce(name)),
    facts() {
      facts ??= findFacts(() => ownFacts({ name }));
      return facts;
    },
  };
}
