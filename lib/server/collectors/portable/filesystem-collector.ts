import { fsSize } from 'systeminformation';
import type { CollectorOf } from '../host';

const everyMs = 30_000;
/** Parts of macOS's own start volume, which share its space. */
const systemVolume = /^\/System\/Volumes\/(?!Data$)|^\/private\/var\/vm$|^\/dev$/;

/** Mounted file systems as systeminformation's `fsSize` has them: no inodes, and `readOnly` where it is known. */
export function filesystemCollector(): CollectorOf<'filesystem'> {
  return {
    type: 'filesystem',
    everyMs,
    async collect() {
      const found = await fsSize();
      if (found.length === 0) throw new Error('systeminformation has no file systems');
      return {
        mounts: found
          .filter(({ mount, size }) => size > 0 && !systemVolume.test(mount))
          .map(({ mount, fs, type, size, used, available, rw }) => ({
            mount,
            device: fs,
            type,
            sizeBytes: bytes(size),
            usedBytes: bytes(used),
            availableBytes: bytes(available),
            inodesUsedPercent: null,
            readOnly: rw === false,
            pool: null,
          })),
      };
    },
  };
}

const bytes = (size: number) => (Number.isFinite(size) && size >= 0 ? size : null);
