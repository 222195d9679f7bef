import { resolve } from 'node:path';
import type { HostFacts } from '@/lib/events/payloads';
import type { Host } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { cpuReading, type LinuxRoots } from './cpu-reading';
import { memoryReading } from './memory-reading';
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
    readings: [cpuReading(roots), memoryReading(roots)],
    watches: [],
    factsAtOnce: () => findFacts(() => ownFactsAtOnce(name)),
    facts() {
      facts ??= findFacts(() => ownFacts({ name }));
      return facts;
    },
  };
}
