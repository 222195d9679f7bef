import { dirname, join } from 'node:path';
import { singleFigure } from '../containers/cgroup-files';
import { containerOf } from '../containers/container-name';
import { readBrief } from '../procfs/pseudo-file';

/** The cgroup of the container that Hostbeat runs in, as far as it can be seen from within. */
export interface OwnCgroup {
  readonly path: string;
  /** What may be used of memory, in bytes; `null` without a limit. As of now, since limits can be changed. */
  memoryLimitBytes(): number | null;
  /** How many CPUs' worth of time may be used; `null` without a limit. */
  cpuLimit(): number | null;
}

/**
 * Where this container is accounted for, when it has a limit of memory or CPU; `null` when it has none: then what
 * the machine has is what there is to use, and the machine's figures are the ones that count.
 */
export function findOwnCgroup(procPath: string, sysPath: string): OwnCgroup | null {
  const root = join(sysPath, 'fs/cgroup');
  if (readBrief(join(root, 'cgroup.controllers')) === null) return null;
  const chain = foldersUp(root, readBrief(join(procPath, 'self/cgroup')) ?? '');
  const isContainer = (folder: string) => containerOf(folder.slice(root.length + 1)) !== null;
  // Within a cgroup namespace the root is the container's own; the machine's root has no such file.
  const isNamespaced = readBrief(join(root, 'cgroup.type')) !== null;
  const path = chain.find(isContainer) ?? (isNamespaced ? root : chain[0]) ?? root;

  const limiting = chain.slice(chain.indexOf(path));
  const lowestOf = (limits: readonly (number | null)[]) =>
    limits.reduce((low, limit) => (limit === null || (low !== null && low < limit) ? low : limit), null);
  const cgroup: OwnCgroup = {
    path,
    memoryLimitBytes: () =>
      lowestOf(limiting.map((folder) => singleFigure(readBrief(join(folder, 'memory.max')) ?? ''))),
    cpuLimit: () => lowestOf(limiting.map((folder) => parseCpuMax(readBrief(join(folder, 'cpu.max')) ?? ''))),
  };
  return cgroup.memoryLimitBytes() === null && cgroup.cpuLimit() === null ? null : cgroup;
}

/** The cgroup of this process and those around it, up to the root that can be seen. */
function foldersUp(root: string, ownCgroup: string): string[] {
  const [, path = '/'] = /^0::(\/.*)$/m.exec(ownCgroup) ?? [];
  const own = join(root, path.includes('..') ? '/' : path);
  // Without a namespace the path is the machine's, of which the container may see its own part alone.
  let folder = readBrief(join(own, 'cgroup.controllers')) === null ? root : own.replace(/\/$/, '');
  const folders = [folder];
  while (folder.length > root.length) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}

/** `cpu.max`: quota and period in µs, or `max` (cgroup-v2.rst). */
export function parseCpuMax(text: string): number | null {
  const [, quota, period] = /^(\d{1,15}) (\d{1,15})\n?$/.exec(text) ?? [];
  return quota && period && Number(period) > 0 && Number(quota) > 0 ? Number(quota) / Number(period) : null;
}
