import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBrief } from './brief-file';
import { shownName } from './kernel-text';
import type { Space } from './mount-space';
import type { Mount } from './mountinfo';

const remoteTypes =
  /^(nfs\d*|cifs|smb\d*|smbfs|9p|ceph|afs|ncpfs|lustre|glusterfs|virtiofs|fuse\.(sshfs|glusterfs|rclone|ceph.*))$/;

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
  for (const { mount, space } of mounts) {
    for (const { key, name } of spacesOf(mount, space, thinPoolOf(mount))) {
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
): readonly SpaceKey[] {
  if (type === 'zfs') {
    const pool = source.split('/', 1)[0] ?? source;
    return [{ key: `zfs ${pool}`, name: shownName(pool) }];
  }
  if (thinPool !== null) return [{ key: `thin ${thinPool}`, name: shownName(thinPool) }];
  const figures = space?.sizeBytes ? `${space.sizeBytes} ${space.usedBytes} ${space.availableBytes}` : null;
  if (type === 'btrfs' || type === 'bcachefs') {
    const keys = [{ key: `${type} ${source}`, name: shownName(source) }];
    // One of several devices may stand for the whole, and each mount may name another.
    if (figures !== null) keys.push({ key: `${type} ${figures}`, name: shownName(source) });
    return keys;
  }
  const server = remoteTypes.test(type) ? serverOf(source) : null;
  if (server === null || figures === null) return [];
  return [{ key: `server ${server} ${figures}`, name: shownName(server) }];
}

/** `nas` of `nas:/srv/media`, `//nas/media`, `ada@nas:/srv` and `[fd00::1]:/srv`; other sources are names themselves. */
function serverOf(source: string): string {
  const share = /^[/\\]{2}([^/\\]+)/.exec(source)?.[1];
  const path = /^(?:[^/@]*@)?(\[[^\]]+\]|[^:/]+):/.exec(source)?.[1];
  return (share ?? path ?? source).toLowerCase();
}

const slavesMax = 16;

/**
 * The LVM thin pool that a mount's block device takes its space from, by the kernel's device mapper
 * (`/sys/dev/block/<major:minor>/slaves/<dm-N>/dm`); `null` for any other device, and where sysfs does not tell.
 */
export function thinPoolOf(sysPath: string, { device, source }: Mount): string | null {
  if (!/^\/dev\/(mapper\/|dm-)/.test(source)) return null;
  const folder = join(sysPath, 'dev/block', device, 'slaves');
  let slaves: readonly string[];
  try {
    slaves = readdirSync(folder).slice(0, slavesMax);
  } catch {
    return null;
  }
  for (const slave of slaves) {
    // LVM gives the pool's inner device this suffix, both in its UUID and in its name.
    if (!/-tpool\s*$/.test(readBrief(join(folder, slave, 'dm/uuid')) ?? '')) continue;
    return (readBrief(join(folder, slave, 'dm/name')) ?? slave).trim().replace(/-tpool$/, '');
  }
  return null;
}
