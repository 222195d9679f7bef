import type { Sample } from '../../host';
import type { Arc } from './zfs-arc';

/**
 * Reads `/proc/meminfo` (Documentation/filesystems/proc.rst); its kB are KiB. `null` when it has nothing of use.
 * `usedBytes` is total − available, `cachedBytes` what can be dropped: page cache and slab without shared memory. The
 * kernel counts ZFS's cache as used; what of `arc` is given back under pressure is available and cache here, as in htop.
 */
export function parseMeminfo(text: string, arc: Arc | null = null): Sample<'memory'> | null {
  const totalBytes = bytesOf(text, 'MemTotal');
  const freeBytes = bytesOf(text, 'MemFree');
  const buffersBytes = bytesOf(text, 'Buffers');
  const pageCache = bytesOf(text, 'Cached');
  const swapTotalBytes = bytesOf(text, 'SwapTotal');
  const swapFree = bytesOf(text, 'SwapFree');

  // SReclaimable and Shmem came with Linux 2.6.19 and 2.6.32; before them there is nothing to add or take off.
  const slab = bytesOf(text, 'SReclaimable') ?? 0;
  const pagesBytes = less(pageCache === null ? null : pageCache + slab, bytesOf(text, 'Shmem') ?? 0);
  const kernelBytes = availableOf(text, totalBytes, sum(freeBytes, buffersBytes, pagesBytes));
  const arcBytes = Math.min(droppableOf(arc, totalBytes), less(totalBytes, kernelBytes) ?? 0);
  const cachedBytes = pagesBytes === null ? null : pagesBytes + arcBytes;
  const availableBytes = kernelBytes === null ? null : kernelBytes + arcBytes;

  const sample = {
    totalBytes,
    usedBytes: less(totalBytes, availableBytes),
    availableBytes,
    freeBytes,
    cachedBytes,
    buffersBytes,
    swapTotalBytes,
    swapUsedBytes: less(swapTotalBytes, swapFree),
  };
  return Object.values(sample).every((field) => field === null) ? null : sample;
}

/**
 * MemAvailable came with Linux 3.14: before it, what is free or can be dropped is the estimate. So it is where the figure
 * is above the total, as some containers have it.
 */
function availableOf(text: string, totalBytes: number | null, estimate: number | null): number | null {
  const bytes = bytesOf(text, 'MemAvailable');
  if (bytes === null) return estimate;
  return totalBytes !== null && bytes > totalBytes ? Math.min(totalBytes, estimate ?? totalBytes) : bytes;
}

/** An ARC that is larger than the memory is in another one. */
function droppableOf(arc: Arc | null, totalBytes: number | null): number {
  if (!arc || totalBytes === null || arc.sizeBytes > totalBytes) return 0;
  return Math.max(0, arc.sizeBytes - arc.minBytes);
}

const lineOf = new Map(
  [
    'MemTotal',
    'MemFree',
    'MemAvailable',
    'Buffers',
    'Cached',
    'SReclaimable',
    'Shmem',
    'SwapTotal',
    'SwapFree',
  ].map((name) => [name, new RegExp(`^${name}: +(\\d{1,12}) kB$`, 'm')]),
);

function bytesOf(text: string, name: string): number | null {
  const kibibytes = lineOf.get(name)?.exec(text)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Never below 0: the kernel's figures are not of one instant, and a container's mix two machines. */
const less = (from: number | null, taken: number | null) =>
  from === null || taken === null ? null : Math.max(0, from - taken);

const sum = (...parts: readonly (number | null)[]) =>
  parts.reduce((all, part) => (all === null || part === null ? null : all + part), 0);
