import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readHead } from './linux/procfs/pseudo-file';

/** Files that an engine puts into its containers. Kubernetes first, since its pods hold the engine's too. */
const marks = [
  ['run/secrets/kubernetes.io', 'kubernetes'],
  ['run/.containerenv', 'podman'],
  ['.dockerenv', 'docker'],
] as const;

/** How engines name the cgroup of a container's first process (cgroup v1, or v2 without a namespace). */
const cgroups = [
  [/\/kubepods/, 'kubernetes'],
  [/\/libpod/, 'podman'],
  [/\/docker[/-]/, 'docker'],
  [/\/lxc[./]/, 'lxc'],
  [/\/(cri-)?containerd/, 'containerd'],
  [/\/machine\.slice\//, 'systemd-nspawn'],
] as const;

/**
 * The kind of container that Hostbeat runs in, `null` outside one. Engines that leave no mark set `container=` for
 * pid 1 (https://systemd.io/CONTAINER_INTERFACE), which systemd copies to `/run/systemd/container` for all to read.
 */
export async function findContainer(root = '/'): Promise<string | null> {
  for (const [path, kind] of marks) {
    if (await exists(join(/* turbopackIgnore: true */ root, path))) return kind;
  }
  const announced = await readHead(join(/* turbopackIgnore: true */ root, 'run/systemd/container'));
  const environment = await readHead(join(/* turbopackIgnore: true */ root, 'proc/1/environ'));
  const variable = environment?.split('\0').find((entry) => entry.startsWith('container='));
  const name = (announced ?? variable?.slice('container='.length))?.trim() ?? '';
  if (/^[a-z][a-z0-9-]{0,31}$/.test(name)) return name;

  const cgroup = (await readHead(join(/* turbopackIgnore: true */ root, 'proc/1/cgroup'))) ?? '';
  return cgroups.find(([pattern]) => pattern.test(cgroup))?.[1] ?? null;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
