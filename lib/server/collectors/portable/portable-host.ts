import type { HostFacts } from '@/lib/protocol/payloads';
import type { Host } from '../host';
import { ownFacts, ownFactsAtOnce } from '../own-facts';
import { cpuCollector } from './cpu-collector';
import { diskCollector } from './disk-collector';
import { filesystemCollector } from './filesystem-collector';
import { memoryCollector } from './memory-collector';
import { networkCollector } from './network-collector';

export interface PortableHostOptions {
  readonly name: string;
  readonly platform: NodeJS.Platform;
}

/** This machine by systeminformation and `node:os`: macOS, Windows and what else Node runs on. */
export function openPortableHost({ name, platform }: PortableHostOptions): Host {
  const disks = diskCollector(platform);
  let facts: Promise<HostFacts> | null = null;
  return {
    name,
    collectors: [
      cpuCollector(platform),
      memoryCollector(platform),
      networkCollector(platform),
      ...(disks ? [disks] : []),
      filesystemCollector(),
    ],
    eventSources: [],
    factsAtOnce: () => ownFactsAtOnce(name),
    facts() {
      facts ??= ownFacts({ name });
      return facts;
    },
  };
}
