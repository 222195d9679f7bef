import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';

/** Positions by the clock are never before this: some machines start in 1970. */
const epochMs = Date.UTC(2026, 0);
const positionsPerMs = 1_000;

/**
 * A position beyond all that earlier runs can have used, where those are not known: by the clock (`now`, Unix ms) and by
 * the times at which the files were written. 0 where there can be no folder, and so was no earlier run.
 */
export function unusedSeq(path: string, now: number): number {
  try {
    lstatSync(dirname(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return 0;
  }
  return Math.ceil(Math.max(now, epochMs, writtenMs(path), writtenMs(`${path}-wal`))) * positionsPerMs;
}

function writtenMs(path: string): number {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}
