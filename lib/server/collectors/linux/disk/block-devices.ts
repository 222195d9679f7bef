import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { pathName, shownName } from '../procfs/kernel-text';
import { readOnce } from '../procfs/pseudo-file';

export interface BlockDevices {
  /** What the device is called, by the name that procfs has; `null` for one whose bytes another device shows. */
  nameOf(device: string): string | null;
}

/** In memory, in a file of another device (loop), or on a pool that has its own disks (ZFS). */
const backedElsewhere = /^(ram|zram|loop|zd)\d/;
/** Hardware areas of an eMMC that only its boot loader writes. */
const bootArea = /^mmcblk\d+(boot\d+|rpmb)$/;
/** Where sysfs does not say. */
const partition = /^((s|v|xv|h)d[a-z]+\d+|(nvme\d+n\d+|mmcblk\d+|nbd\d+)p\d+)$/;
const composed = /^(dm-|md|bcache)\d/;
/** A device may be composed of others some time after it was made. */
const knownMs = 30_000;
/** Snapshots and loops come and go, each with a new number. */
const knownMax = 8_192;

/**
 * Which block devices to show, so that each byte counts once: the lowest ones, which are disks, under the names that
 * are printed on their slots. LVM, md, dm-crypt, multipath and bcache have `slaves` below them; partitions are no
 * entries of `/sys/block`.
 */
export function openBlockDevices(sysPath: string, clock: Clock): BlockDevices {
  const folder = join(sysPath, 'block');
  const known = new Map<string, { readonly name: string | null; readonly untilMs: number }>();

  function find(device: string): string | null {
    if (backedElsewhere.test(device) || bootArea.test(device)) return null;
    // As the kernel does it: cciss/c0d0 is cciss!c0d0 in sysfs.
    const path = pathName(device.replaceAll('/', '!'));
    if (!existsSync(folder))
      return partition.test(device) || composed.test(device) ? null : shownName(device);
    if (path === null || /^\.{0,2}$/.test(path) || !existsSync(join(folder, path))) return null;
    if (entriesOf(join(folder, path, 'slaves')).length > 0) return null;
    const mapped = device.startsWith('dm-') ? readOnce(join(folder, path, 'dm/name'))?.trim() : null;
    return shownName(mapped || device);
  }

  return {
    nameOf(device) {
      const entry = known.get(device);
      if (entry && clock.monotonicMs() < entry.untilMs) return entry.name;
      if (known.size >= knownMax) known.clear();
      const name = find(device);
      known.set(device, { name, untilMs: clock.monotonicMs() + knownMs });
      return name;
    },
  };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
