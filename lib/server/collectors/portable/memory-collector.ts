import { mem, type Systeminformation } from 'systeminformation';
import type { CollectorOf } from '../host';

/** Memory as systeminformation's `mem` has it. Windows has neither buffers nor cache, macOS no buffers. */
export function memoryCollector(platform: NodeJS.Platform): CollectorOf<'memory'> {
  const hasBuffers = platform !== 'win32' && platform !== 'darwin';
  return {
    type: 'memory',
    async collect() {
      const memory = await mem();
      const totalBytes = bytes(memory.total);
      const availableBytes = bytes(memory.available);
      return {
        totalBytes,
        usedBytes:
          totalBytes === null || availableBytes === null ? null : Math.max(0, totalBytes - availableBytes),
        availableBytes,
        freeBytes: bytes(memory.free),
        cachedBytes: bytes(cachedOf(memory, platform)),
        buffersBytes: hasBuffers ? bytes(memory.buffers) : null,
        swapTotalBytes: bytes(memory.swaptotal),
        swapUsedBytes: bytes(memory.swapused),
      };
    },
  };
}

/** macOS has its file cache in `buffcache`, and `cached` stays 0. */
function cachedOf(
  { cached, buffcache }: Systeminformation.MemData,
  platform: NodeJS.Platform,
): number | null {
  if (platform === 'win32') return null;
  return platform === 'darwin' ? buffcache : cached;
}

const bytes = (size: number | null) => (size !== null && Number.isFinite(size) && size >= 0 ? size : null);
