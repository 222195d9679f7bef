import type { CollectorOf } from '../../host';
import { maskText } from '../../secrets/mask';
import { shownName } from '../procfs/kernel-text';
import type { LinuxRoots } from '../procfs/roots';
import { hiddenNote, isHidden } from '../procfs/roots';
import { type AskSpace, askSpace, type Space } from './mount-space';
import type { Mount } from './mountinfo';
import { type Mounts, openMounts } from './mounts';
import { realMounts } from './real-mounts';
import { sharedSpaces, thinPoolOf } from './shared-space';
import { openSpaceQueue } from './space-queue';

export interface FilesystemOptions extends Omit<LinuxRoots, 'sysPath'> {
  /** Where `/sys` is; without it, LVM's thin pools are unknown. */
  readonly sysPath?: string;
  readonly ask?: AskSpace;
  /** How long one mount may take to answer. */
  readonly deadlineMs?: number;
}

const everyMs = 30_000;
/** Two of these fit into the sampler's deadline for the whole. */
const defaultDeadlineMs = 2_000;
/** More rows would only fill the log. */
const mountsMax = 256;
/** Into a container an engine binds some three files, most of one file system. */
const triesMax = 6;
const filesMax = 1_024;

/**
 * The file systems in use, from mountinfo and statfs(2). Another machine's mounts are known by its own procfs, and
 * their space by where its `/` is mounted here: without `rootfsPath`, space is `null`, as this machine's would be wrong.
 */
export function filesystemCollector({
  procPath,
  sysPath,
  rootfsPath = '/',
  ask = askSpace,
  deadlineMs = defaultDeadlineMs,
}: FilesystemOptions): CollectorOf<'filesystem'> {
  const readMounts = openMounts(procPath, rootfsPath);
  const queue = openSpaceQueue({ ask, deadlineMs });
  /** Mounts of a single file. */
  const files = new Set<string>();
  let isHiddenHost = false;

  /** `null` where the only mounts in sight would be those of this container, in the place of the host's. */
  function mountsInSight(): Mounts | null {
    try {
      const mounts = readMounts();
      isHiddenHost = false;
      return mounts;
    } catch (error) {
      isHiddenHost = isHidden(procPath);
      if (!isHiddenHost) throw error;
      return null;
    }
  }

  return {
    type: 'filesystem',
    everyMs,
    async collect(signal) {
      const inSight = mountsInSight();
      if (!inSight) return null;
      const { mounts, pathOf } = inSight;
      const answers = new Map<Mount, Space | null>();
      let chosen: readonly Mount[] = [];
      // Where the best known mount of a file system is a file, the next best is asked.
      for (let tries = 0; tries < triesMax; tries++) {
        chosen = realMounts(mounts, (mount) => files.has(keyOf(mount))).slice(0, mountsMax);
        const unasked = chosen.filter((mount) => !answers.has(mount));
        if (unasked.length === 0) break;
        for (const [mount, answer] of await queue.askAll(unasked, pathOf, signal)) {
          if (answer === 'no-folder') files.add(keyOf(mount));
          answers.set(mount, answer === 'no-folder' ? null : answer);
        }
      }
      if (files.size > filesMax) files.clear();
      const measured = chosen
        .filter((mount) => !files.has(keyOf(mount)))
        .map((mount) => ({ mount, space: answers.get(mount) ?? null }));
      const pools = sharedSpaces(measured, (mount) => (sysPath ? thinPoolOf(sysPath, mount) : null));
      return {
        mounts: measured.flatMap(({ mount, space }) => rowOf(mount, space, pools.get(mount) ?? null) ?? []),
      };
    },
    note: () =>
      isHiddenHost
        ? hiddenNote("file systems are not told, for this container's are not the host's", procPath)
        : null,
  };
}

const keyOf = ({ id, mountPoint }: Mount) => `${id} ${mountPoint}`;

/** Like df, without those that have no size: they are the kernel's own, of a kind not known here. */
function rowOf({ mountPoint, source, type, readOnly }: Mount, space: Space | null, pool: string | null) {
  if (space?.sizeBytes === 0) return null;
  return {
    mount: shownName(mountPoint),
    // Some programs have the whole address of a share there, with a user's password.
    device: maskText(shownName(source)),
    type: shownName(type),
    ...(space ?? unknown),
    readOnly,
    pool,
  };
}

const unknown: Space = { sizeBytes: null, usedBytes: null, availableBytes: null, inodesUsedPercent: null };
