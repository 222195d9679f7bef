import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { readBrief } from '../procfs/pseudo-file';
import { keyedFigure } from './cgroup-files';
import { type ContainerName, containerOf } from './container-name';

export interface ContainerCgroup extends ContainerName {
  /** The folder of its cgroup. */
  readonly path: string;
}

/** Engines nest a dozen deep at most: user slices, a container within another, pods in a container. */
const depthMax = 20;
const cgroupsMax = 20_000;
export const containersMax = 500;
/** New cgroups are noticed by their count; one that took another's place, after this. */
const walkMs = 10_000;

/** The cgroups of containers. A walk through all cgroups takes some ms, so it is made when their number has changed. */
export function openContainerCgroups(root: string, clock: Clock) {
  let found: readonly ContainerCgroup[] = [];
  let walkedAtMs = Number.NEGATIVE_INFINITY;
  let countThen: number | null = null;

  return async (): Promise<readonly ContainerCgroup[]> => {
    const count = keyedFigure(readBrief(join(root, 'cgroup.stat')) ?? '', 'nr_descendants');
    if (count === null || count !== countThen || clock.monotonicMs() - walkedAtMs >= walkMs) {
      found = await walk(root);
      walkedAtMs = clock.monotonicMs();
      countThen = count;
    }
    return found;
  };
}

async function walk(root: string): Promise<ContainerCgroup[]> {
  const containers = new Map<string, ContainerCgroup>();
  let layer = [''];
  let seen = 0;
  for (let depth = 0; depth < depthMax && layer.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of layer) {
      const entries = await readdir(join(root, path), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isDirectory() || seen >= cgroupsMax) continue;
        seen += 1;
        const child = path === '' ? entry.name : `${path}/${entry.name}`;
        next.push(child);
        const container = containerOf(child);
        if (!container || containers.has(container.id) || containers.size >= containersMax) continue;
        containers.set(container.id, { ...container, path: join(root, child) });
      }
    }
    layer = next;
  }
  return [...containers.values()];
}
