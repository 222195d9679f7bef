import { join } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { perSecond, risesBetween, toHundredths } from '../../counter-rates';
import type { CollectorOf, Sample } from '../../host';
import { openPseudoFile, readBrief } from '../procfs/pseudo-file';
import type { LinuxRoots } from '../procfs/roots';
import { namesIn, withFallback } from '../procfs/with-fallback';
import { openBlockDevices } from './block-devices';
import { type DiskCounters, parseDiskStats } from './disk-stats';

type Row = Sample<'disk'>['devices'][number];

const sectorBytes = 512;
/** More rows would only fill the log. */
const devicesMax = 128;

/**
 * What each disk did since the previous sample, from `/proc/diskstats`, or `/sys/block/…/stat` where a kernel has no such
 * list; those never used since boot are left out. Neither wakes a disk: the kernel counts in memory.
 */
export function diskCollector({
  procPath,
  sysPath,
  clock = systemClock,
}: LinuxRoots & { readonly clock?: Clock }): CollectorOf<'disk'> {
  const path = join(procPath, 'diskstats');
  const readText = withFallback(openPseudoFile(path).read, () => statsOfSysfs(sysPath));
  const known = openBlockDevices(sysPath, clock);
  let before: ReadonlyMap<string, DiskCounters> = new Map();
  let beforeMs = 0;

  return {
    type: 'disk',
    async collect() {
      const text = readText();
      const afterMs = clock.monotonicMs();
      const after = parseDiskStats(text, (device) => known.nameOf(device) === null);
      // A machine without any disk has an empty file.
      if (!after && text !== '') throw new Error(`${path} is not a list of disks`);
      const devices = new Map<string, Row>();
      for (const [device, counters] of after ?? []) {
        if (isCountedAbove(device, after)) continue;
        const name = known.nameOf(device) ?? device;
        if (devices.size >= devicesMax || devices.has(name)) continue;
        devices.set(name, rowOf(name, before.get(device), counters, afterMs - beforeMs));
      }
      before = after ?? new Map();
      beforeMs = afterMs;
      return { devices: [...devices.values()] };
    },
  };
}

/** The same columns from sysfs, as a list; `null` where it has none. */
function statsOfSysfs(sysPath: string): string | null {
  const folder = join(sysPath, 'block');
  const lines = namesIn(folder).flatMap((name) => {
    const columns = readBrief(join(folder, name, 'stat'))?.trim();
    return columns ? `0 0 ${Buffer.from(name).toString('latin1').replaceAll('!', '/')} ${columns}\n` : [];
  });
  return lines.length === 0 ? null : lines.join('');
}

/** One of an NVMe namespace's paths, such as nvme0c1n1. Kernels before 6.5 count there, later ones at nvme0n1. */
function isCountedAbove(device: string, all: ReadonlyMap<string, DiskCounters> | null): boolean {
  const [, controller, namespace] = /^(nvme\d+)c\d+(n\d+)$/.exec(device) ?? [];
  return controller !== undefined && all?.has(`${controller}${namespace}`) === true;
}

/** As iostat has it: await is time over requests completed, utilisation the share of time with any under way. */
function rowOf(name: string, before: DiskCounters | undefined, after: DiskCounters, elapsedMs: number): Row {
  const rises = risesBetween(before, after);
  const rate = (rise: number | null | undefined) => perSecond(rise, elapsedMs);
  const bytes = (sectors: number | null | undefined) => rate(sectors == null ? null : sectors * sectorBytes);
  const mean = (ms: number | null | undefined, completed: number | null | undefined) =>
    ms != null && completed ? toHundredths(ms / completed) : null;
  const busyMsPerSecond = rate(rises?.busyMs);
  return {
    name,
    readBytesPerSecond: bytes(rises?.readSectors),
    writeBytesPerSecond: bytes(rises?.writeSectors),
    readsPerSecond: rate(rises?.reads),
    writesPerSecond: rate(rises?.writes),
    readAwaitMs: mean(rises?.readMs, rises?.reads),
    writeAwaitMs: mean(rises?.writeMs, rises?.writes),
    utilPercent: busyMsPerSecond === null ? null : Math.min(100, toHundredths(busyMsPerSecond / 10)),
  };
}
