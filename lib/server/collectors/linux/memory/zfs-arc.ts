import { join, resolve } from 'node:path';
import type { Clock } from '@/lib/server/concurrency/clock';
import { parseMountinfo } from '../filesystem/mountinfo';
import { openPseudoFile, type PseudoFile, readOnce } from '../procfs/pseudo-file';

/** What ZFS keeps in memory as its read cache (ARC), and how far it gives that back when others need it; bytes. */
export interface Arc {
  readonly sizeBytes: number;
  readonly minBytes: number;
}

/**
 * Reads `/proc/spl/kstat/zfs/arcstats` of OpenZFS: `size` and `c_min`, each with a type between name and figure.
 * `null` without a size.
 */
export function parseArcStats(text: string): Arc | null {
  const figure = (name: string) => {
    const [, digits] = new RegExp(`^${name} +\\d+ +(\\d{1,15})\\n`, 'm').exec(text) ?? [];
    return digits === undefined ? null : Number(digits);
  };
  const sizeBytes = figure('size');
  return sizeBytes === null ? null : { sizeBytes, minBytes: figure('c_min') ?? 0 };
}

/** ZFS may be loaded some time after Hostbeat has started. */
const absentMs = 30_000;

/**
 * The ARC of the machine whose memory `meminfo` of this procfs describes; `null` without ZFS. A container's meminfo may be
 * its own (lxcfs mounts over it) while the ARC is the machine's: that is not in it, and `null` as well.
 */
export function openArc(procPath: string, clock: Clock): () => Arc | null {
  const file: PseudoFile = openPseudoFile(join(procPath, 'spl/kstat/zfs/arcstats'));
  let dueAtMs = Number.NEGATIVE_INFINITY;
  let isOfMeminfo: boolean | null = null;

  return () => {
    if (clock.monotonicMs() < dueAtMs) return null;
    try {
      const arc = parseArcStats(file.read());
      isOfMeminfo ??= !hasOwnMeminfo(procPath);
      return isOfMeminfo ? arc : null;
    } catch {
      dueAtMs = clock.monotonicMs() + absentMs;
      return null;
    }
  };
}

function hasOwnMeminfo(procPath: string): boolean {
  const paths = ['/proc/meminfo', join(resolve(procPath), 'meminfo')];
  const mounts = parseMountinfo(readOnce(join(procPath, 'self/mountinfo')) ?? '');
  return mounts.some(({ mountPoint }) => paths.includes(mountPoint));
}
