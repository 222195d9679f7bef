import type { BigIntStatsFs } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import type { Sample } from '../../host';

export type Space = Pick<
  Sample<'filesystem'>['mounts'][number],
  'sizeBytes' | 'usedBytes' | 'availableBytes' | 'inodesUsedPercent'
>;

/** Answers when the file system does, which for a share whose server is gone is never. */
export type AskSpace = (path: Buffer) => Promise<Space | 'no-folder'>;

/**
 * Asks one mount with statfs(2), off the main thread; `no-folder` when it is a single file, as engines bind them
 * into containers. Used and available are as df has them. Rejects as statfs does.
 */
export const askSpace: AskSpace = async (path) => {
  const space = spaceOf(await statfs(path, { bigint: true }));
  return (await stat(path)).isDirectory() ? space : 'no-folder';
};

/**
 * Counts in blocks of `bsize`: Node before 25 does not provide `frsize`, which differs on a few FUSE file systems only.
 * In bigint, since a file system may be larger than 2^53 bytes; the result is rounded as any number is.
 */
export function spaceOf(stats: Omit<BigIntStatsFs, 'type'> & { readonly frsize?: bigint }): Space {
  const { bsize, frsize = bsize, blocks, bfree, bavail, files, ffree } = stats;
  const isSound = bfree <= blocks && bavail <= blocks;
  const isCounted = files > 0n && ffree <= files;
  return {
    sizeBytes: Number(blocks * frsize),
    usedBytes: isSound ? Number((blocks - bfree) * frsize) : null,
    availableBytes: isSound ? Number(bavail * frsize) : null,
    // btrfs, FAT and shares have no fixed number of inodes, and say 0.
    inodesUsedPercent: isCounted ? Number(((files - ffree) * 10_000n) / files) / 100 : null,
  };
}
