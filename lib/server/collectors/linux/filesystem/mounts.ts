import { join, resolve } from 'node:path';
import { openPseudoFile, type PseudoFile } from '../procfs/pseudo-file';
import { seesFirstProcess } from '../procfs/roots';
import { type Mount, parseMountinfo } from './mountinfo';

/** The monitored machine's mounts, by its own names for them. */
export interface Mounts {
  readonly mounts: readonly Mount[];
  /** Where a mount is found from here; `null` when it is out of reach. */
  pathOf(mount: Mount): Buffer | null;
}

/**
 * Reads the mounts of the machine whose procfs and `/` are given. For this machine they are those that
 * Hostbeat has itself. In a container whose host's `/` is mounted at `rootfsPath`, they are those below that; with
 * the host's procfs they are those of its first process. Throws an `Error` that names the path.
 */
export function openMounts(procPath: string, rootfsPath: string): () => Mounts {
  const self = openMountinfo(join(procPath, 'self/mountinfo'));
  const first = openMountinfo(join(procPath, '1/mountinfo'));
  const isOwnProc = resolve(procPath) === '/proc';
  const rootfs = Buffer.from(resolve(rootfsPath) === '/' ? '' : resolve(rootfsPath)).toString('latin1');
  const bytesOf = ({ mountPoint }: Mount) => Buffer.from(rootfs + mountPoint, 'latin1');

  return () => {
    if (isOwnProc && rootfs === '') return { mounts: self(), pathOf: bytesOf };
    if (isOwnProc) {
      const mounts = below(rootfs, self());
      if (mounts.some(({ mountPoint }) => mountPoint === '/')) return { mounts, pathOf: bytesOf };
    }
    // The space of this machine's mounts, under another machine's names, would be a wrong number.
    const pathOf = rootfs === '' ? () => null : bytesOf;
    // A copy of a procfs may have the one list only. Of a machine whose processes are hidden, self is not of it.
    const mounts = firstOf(first, seesFirstProcess(procPath) ? self : null);
    const isTrigger = automountsIn(self);
    return { mounts, pathOf: (mount) => (isTrigger(rootfs + mount.mountPoint) ? null : pathOf(mount)) };
  };
}

/**
 * What is mounted on the host may be an automount point that waits, as seen from this container: a read of it or
 * below it would have it mounted.
 */
function automountsIn(self: () => readonly Mount[]): (path: string) => boolean {
  const types = new Map<string, string>();
  try {
    for (const { mountPoint, type } of self()) types.set(mountPoint, type);
  } catch {
    return () => false;
  }
  const triggers = [...types].flatMap(([point, type]) => (type === 'autofs' ? [point] : []));
  return (path) => triggers.some((point) => path === point || path.startsWith(`${point}/`));
}

function firstOf(way: () => readonly Mount[], other: (() => readonly Mount[]) | null): readonly Mount[] {
  try {
    return way();
  } catch (error) {
    if (!other) throw error;
    try {
      return other();
    } catch {
      throw error;
    }
  }
}

/** Mounts change rarely, and a host of many containers has thousands: the same text is not parsed again. */
function openMountinfo(path: string): () => readonly Mount[] {
  const file: PseudoFile = openPseudoFile(path);
  let text = '';
  let mounts: readonly Mount[] = [];
  return () => {
    const now = file.read();
    if (now === text && mounts.length > 0) return mounts;
    text = now;
    mounts = parseMountinfo(text);
    if (mounts.length === 0) throw new Error(`${path} is not a list of mounts`);
    return mounts;
  };
}

/** What is mounted below a folder, named as if that were `/`. */
function below(folder: string, mounts: readonly Mount[]): readonly Mount[] {
  return mounts
    .filter(({ mountPoint }) => mountPoint === folder || mountPoint.startsWith(`${folder}/`))
    .map((mount) => ({ ...mount, mountPoint: mount.mountPoint.slice(folder.length) || '/' }));
}
