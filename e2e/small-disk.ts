import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be filled and made read-only. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all of its space, until `free`. */
  fill(): void;
  free(): void;
  /** Throws while somebody has a file open for writing on it. */
  setReadOnly(isReadOnly: boolean): void;
  /** Unmounts and removes it; safe to call twice. */
  close(): void;
}

/** A disk, or why there can be none: it is a mount of tmpfs, for which one must be root on Linux. */
export function openSmallDisk(megabytes: number): SmallDisk | string {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  const path = mkdtempSync(join(tmpdir(), 'hostbeat-disk-'));
  const mount = (...args: string[]) => execFileSync('mount', [...args, path], { stdio: 'pipe' });
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'hostbeat-tests');
  } catch (error) {
    rmSync(path, { recursive: true });
    return `a tmpfs cannot be mounted: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
  const filler = join(path, 'filler');
  let isOpen = true;
  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    process.removeListener('exit', close);
    execFileSync('umount', ['-l', path]);
    rmSync(path, { recursive: true });
  }
  process.once('exit', close);
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      for (const bytes of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(bytes));
      closeSync(file);
    },
    free: () => rmSync(filler, { force: true }),
    setReadOnly: (isReadOnly) => void mount('-o', `remount,${isReadOnly ? 'ro' : 'rw'}`),
    close,
  };
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
