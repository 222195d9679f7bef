import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { shownName } from '../procfs/kernel-text';
import { readBrief } from '../procfs/pseudo-file';
import type { Space } from './mount-space';
import type { Mount } from './mountinfo';

const remoteTypes =
  /^(nfs\d*|cifs|smb\d*|smbfs|ceph|afs|ncpfs|lustre|beegfs\w*|glusterfs|davfs\d?|fuse(\.(sshfs|glusterfs|rclone|ceph.*|davfs\d?|mfs|moosefs|juicefs|s3fs|curlftpfs|afpfs))?)$/;

export interface MeasuredMount {
  readonly mount: Mount;
  readonly space: Space | null;
}

/**
 * The name of the space that each mount shares with others of the list: a ZFS pool, a btrfs device, a server, or the
 * LVM thin pool that `thinPoolOf` names. A mount that shares its space with no other has none.
 */
export function sharedSpaces(
  mounts: readonly MeasuredMount[],
  thinPoolOf: (mount: Mount) => string | null = () => null,
): ReadonlyMap<Mount, string> {
  const byKey = new Map<string, { readonly name: string; readonly mounts: Mount[] }>();
  const lent = new Set(mounts.flatMap(({ mount, space }) => (isLent(mount) ? (figuresOf(space) ?? []) : [])));
  for (const { mount, space } of inOrder(mounts)) {
    for (const { key, name } of spacesOf(mount, space, thinPoolOf(mount), lent)) {
      const group = byKey.get(key) ?? { name, mounts: [] };
      byKey.set(key, group);
      group.mounts.push(mount);
    }
  }
  const found = new Map<Mount, string>();
  for (const { name, mounts: members } of byKey.values()) {
    if (members.length < 2) continue;
    // Mounts that two keys tie together have one name.
    const known = members.map((one) => found.get(one)).find((one) => one !== undefined) ?? name;
    for (const one of members) if (!found.has(one)) found.set(one, known);
  }
  return found;
}

interface SpaceKey {
  /** Equal for mounts of the same space. */
  readonly key: string;
  readonly name: string;
}

function spacesOf(
  { type, source }: Mount,
  space: Space | null,
  thinPool: string | null,
  lent: ReadonlySet<string>,
): readonly SpaceKey[] {
  if (type === 'zfs') {
    const pool = source.split('/', 1)[0] ?? source;
    return [{ key: `zfs ${pool}`, name: shownName(pool) }];
  }
  if (thinPool !== null) return [{ key: `thin ${thinPool}`, name: shownName(thinPool) }];
  const figures = figuresOf(space);
  if (type === 'btrfs' || type === 'bcachefs') {
    const keys = [{ key: `${type} ${source}`, name: shownName(source) }];
    // One of several devices may stand for the whole, and each mount may name another.
    if (figures !== null) keys.push({ key: `${type} ${figures}`, name: shownName(source) });
    return keys;
  }
  if (figures === null) return [];
  const server = remoteTypes.test(type) ? serverOf(source) : null;
  if (server !== null) return [{ key: `server ${server} ${figures}`, name: shownName(server) }];
  return lent.has(figures) ? [{ key: `lent ${figures}`, name: shownName(source) }] : [];
}

/** What is equal for two mounts of one space: size, used and available, when it has a size. */
const figuresOf = (space: Space | null) =>
  space?.sizeBytes ? `${space.sizeBytes} ${space.usedBytes} ${space.availableBytes}` : null;

/**
 * Whether a mount has its space from a file system that its source does not name: a folder of the machine below, known by a
 * tag (virtiofs, 9p, VirtualBox, Parallels, VMware), or one that another file system is laid over (encrypted, pooled, bound).
 */
const isLent = ({ type, source, device }: Mount) =>
  device.startsWith('0:') && (remoteTypes.test(type) ? serverOf(source) === null : lentTypes.test(type));

const lentTypes = /^(virtiofs|9p|vboxsf|prl_fs|vmhgfs|fakeowner|ecryptfs|fuse(\..*)?)$/;

/** Those with a disk of their own first, whose name is then the one of the space. */
const inOrder = (mounts: readonly MeasuredMount[]) => [
  ...mounts.filter(({ mount }) => !isLent(mount)),
  ...mounts.filter(({ mount }) => isLent(mount)),
];

/** `nas` of `nas:/srv/media`, `//nas/media`, `ada@nas:/srv`, `[fd00::1]:/srv` and `https://nas/dav`; `null` of others. */
function serverOf(source: string): string | null {
  const share = /^(?:[a-z][a-z0-9+.-]{0,31}:)?[/\\]{2}(?:[^/@]*@)?([^/\\]+)/i.exec(source)?.[1];
  const path = /^(?:[^/@]*@)?(\[[^\]]+\]|[^:/]+):/.exec(source)?.[1];
  return (share ?? path)?.toLowerCase() ?? null;
}

const slavesMax = 16;
/** Encryption or a cache may lie on a volume, on a mirror, on a partition. */
const layersMax = 6;
/** What device mapper calls the inner device of a pool: LVM's thin and VDO pools, and Stratis' (the last part of a UUID). */
const poolSuffix = /-(tpool|vpool|thinpool-pool)\s*$/;

/**
 * The thin pool that a mount's block device takes its space from, at whatever depth, by the kernel's device mapper
 * (`/sys/dev/block/<major:minor>/slaves/<dm-N>/dm`); `null` for any other device, and where sysfs does not know.
 */
export function thinPoolOf(sysPath: string, { device }: Mount): string | null {
  if (device.startsWith('0:')) return null;
  let layer = [join(sysPath, 'dev/block', device)];
  for (let depth = 0; depth < layersMax && layer.length > 0; depth += 1) {
    layer = layer.flatMap(slavesOf).slice(0, slavesMax);
    for (const slave of layer) {
      if (!poolSuffix.test(readBrief(join(slave, 'dm/uuid')) ?? '')) continue;
      return (readBrief(join(slave, 'dm/name')) ?? basename(slave)).trim().replace(/-[tv]pool$/, '');
    }
  }
  return null;
}

function slavesOf(device: string): string[] {
  const folder = join(device, 'slaves');
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
