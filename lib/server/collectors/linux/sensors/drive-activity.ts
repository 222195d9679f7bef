import type { Clock } from '@/lib/server/concurrency/clock';
import { openPseudoFile } from '../procfs/pseudo-file';

/** Whether a drive has done anything lately. */
export interface DriveActivity {
  isIdle(): boolean;
  close(): void;
}

/** Spin-down timers count from minutes on; what was busy within this is not about to stop. */
const idleMs = 60_000;
const statBytes = 512;

/**
 * Follows a drive's counters (Documentation/block/stat.rst). Asking a drive for its temperature restarts the spin-down
 * timer of some (Documentation/hwmon/drivetemp.rst); such questions are not counted in `stat` themselves.
 */
export function openDriveActivity(statPath: string, clock: Clock): DriveActivity {
  const file = openPseudoFile(statPath, statBytes);
  let counters: string | null = null;
  let changedAtMs = clock.monotonicMs();
  return {
    isIdle() {
      const current = read(file);
      if (current === null || current !== counters) changedAtMs = clock.monotonicMs();
      counters = current;
      return clock.monotonicMs() - changedAtMs > idleMs;
    },
    close: file.close,
  };
}

function read(file: { read(): string }): string | null {
  try {
    return file.read();
  } catch {
    return null;
  }
}
