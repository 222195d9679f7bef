import type { Filesystem } from '@/lib/protocol/payloads';
import type { Sample } from '@/lib/server/collectors/host';
import type { MachineState } from './machine-state';
import { channelOf } from './noise';
import { gibibyte } from './service';
import { percentOf } from './units';

const tebibyte = 1024 * gibibyte;
const dayMs = 86_400_000;
const blockBytes = 4096;

const rootChannel = channelOf('/');
const mediaChannel = channelOf('/srv/media');
const backupChannel = channelOf('/srv/backup');

type Mount = Filesystem['mounts'][number];

export function filesystemAt({ noise, incidents, unixMs }: MachineState): Sample<'filesystem'> {
  let flooded = 0;
  for (const { diskFill } of incidents) {
    if (!diskFill || unixMs < diskFill.startMs || unixMs > diskFill.clearedMs) continue;
    const rising = (unixMs - diskFill.startMs) / (diskFill.fullMs - diskFill.startMs);
    const falling = (diskFill.clearedMs - unixMs) / (diskFill.clearedMs - diskFill.fullMs);
    flooded += diskFill.bytes * Math.min(rising, falling);
  }
  const root = (262 + 9 * noise.wander(rootChannel, unixMs, 5 * dayMs)) * gibibyte + flooded;
  // Films pile up for weeks, backups for days; then old ones are removed within hours.
  const media = (0.6 + 0.27 * pile(unixMs, mediaChannel, 42 * dayMs, dayMs / 4)) * 7.2 * tebibyte;
  const backup = (0.48 + 0.24 * pile(unixMs, backupChannel, 7 * dayMs, dayMs / 8)) * 3.1 * tebibyte;
  return {
    mounts: [
      mount('/', '/dev/nvme0n1p2', 'ext4', 456 * gibibyte, root, 0.09 + (0.05 * root) / (456 * gibibyte)),
      mount('/boot/efi', '/dev/nvme0n1p1', 'vfat', 0.5 * gibibyte, 0.0117 * gibibyte, null),
      mount('/srv/media', '/dev/sda1', 'ext4', 7.2 * tebibyte, media, 0.012),
      mount('/srv/backup', '/dev/sdb1', 'btrfs', 3.1 * tebibyte, backup, null),
      {
        ...mount('/srv/archive', '/dev/sdb2', 'ext4', 0.5 * tebibyte, 0.37 * tebibyte, 0.031),
        readOnly: true,
      },
    ],
  };
}

/** `inodes` is the share of them in use; `null` for file systems that make them as they need them. */
function mount(
  path: string,
  device: string,
  type: string,
  size: number,
  used: number,
  inodes: number | null,
): Mount {
  const sizeBytes = blocks(size);
  const usedBytes = Math.min(sizeBytes, blocks(used));
  const reserved = type === 'ext4' ? 0.05 * size : 0;
  return {
    mount: path,
    device,
    type,
    sizeBytes,
    usedBytes,
    availableBytes: blocks(Math.max(0, sizeBytes - usedBytes - reserved)),
    inodesUsedPercent: inodes === null ? null : percentOf(inodes),
    readOnly: false,
    pool: null,
  };
}

/** Rises from 0 to 1 and falls back within `fallMs`, again and again. */
function pile(unixMs: number, channel: number, periodMs: number, fallMs: number): number {
  const at = (unixMs + ((channel >>> 0) % periodMs)) % periodMs;
  const risingMs = periodMs - fallMs;
  return at < risingMs ? at / risingMs : (periodMs - at) / fallMs;
}

const blocks = (bytes: number) => Math.floor(bytes / blockBytes) * blockBytes;
