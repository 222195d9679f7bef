import { hostname } from 'node:os';
import type { Host } from './collectors/host';
import { openLinuxHost } from './collectors/linux/linux-host';
import { procfsHostName } from './collectors/linux/procfs-facts';
import { openPortableHost } from './collectors/portable/portable-host';
import { openDemoHost } from './demo-host/demo-host';

export interface HostOptions {
  /** What the host is called in events; the machine's own name when left out. */
  readonly name?: string | undefined;
  /** Where the watched machine's procfs is mounted; `/proc` for this one. */
  readonly procPath: string;
  /** Where its sysfs is mounted; `/sys` for this one. */
  readonly sysPath: string;
  /** Where its `/` is mounted; `/` for this one. */
  readonly rootfsPath?: string | undefined;
  /** Seed of a synthetic machine to watch instead; `null` for a real one. */
  readonly demoSeed?: number | null | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** The machine to watch: on Linux read from `/proc` and `/sys`, elsewhere asked of systeminformation; or made up. */
export function openHost({
  name,
  demoSeed = null,
  platform = process.platform,
  ...roots
}: HostOptions): Host {
  if (demoSeed !== null) return openDemoHost({ name: name || 'demo', seed: demoSeed });
  if (platform !== 'linux') return openPortableHost({ name: name || ownName(), platform });
  return openLinuxHost({ name: name || procfsHostName(roots.procPath) || ownName(), ...roots });
}

const ownName = () => hostname() || 'localhost';
