import type { HostFacts } from '@/lib/protocol/payloads';
import type { Host } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { cpuReading } from './cpu-collector';
import { diskReading } from './disk-collector';
import { filesystemReading } from './filesystem-collector';
import { memoryReading } from './memory-collector';
import { networkReading } from './network-collector';

export interface PortableHostOptions {
  readonly name: string;
  readonly platform: NodeJS.Platform;
}

/** This machine as systeminformation and `node:os` tell it: macOS, Windows and what else Node runs on. */
export function openPortableHost({ name, platform }: PortableHostOptions): Host {
  const disks = diskReading(platform);
  let facts: Promise<HostFacts> | null = null;
  return {
    name,
    readings: [
      cpuReading(platform),
      memoryReading(platform),
      networkReading(platform),
      ...(disks ? [disks] : []),
      filesystemReading(),
    ],
    watches: [],
    factsAtOnce: () => ownFactsAtOnce(name),
    facts() {
      facts ??= ownFacts({ name });
      return facts;
    },
  };
}
