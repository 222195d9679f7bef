import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of its own, in memory, that can be filled up and made read-only. */
export interface SmallDisk {
  readonly path: string;
  fill(): void;
  makeRoom(): void;
  /** The same files at another path, where nothing can be written; and whether it can, from now on. */
  readOnlyView(): { readonly path: string; setReadOnly(isReadOnly: boolean): void };
  unmount(): void;
}

/** For tests, as root on Linux: mounts a tmpfs of so many KiB. Throws where that is not allowed. */
export function mountSmallDisk(kib = 1024): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'hostbeat-disk-'));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' });
  run('mount', '-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', path);
  const views: string[] = [];
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(4096, 1));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    },
    makeRoom: () => rmSync(filler, { force: true }),
    readOnlyView() {
      const view = mkdtempSync(join(tmpdir(), 'hostbeat-disk-'));
      const setReadOnly = (isReadOnly: boolean) =>
        run('mount', '-o', `remount,bind,${isReadOnly ? 'ro' : 'rw'}`, view);
      run('mount', '--bind', path, view);
      setReadOnly(true);
      views.push(view);
      return { path: view, setReadOnly };
    },
    unmount() {
      for (const view of views) {
        run('umount', '-l', view);
        rmSync(view, { recursive: true, force: true });
      }
      // Files that are still open keep it there, out of sight.
      run('umount', '-l', path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Whether this process may mount anything: root may, in most places. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    mountSmallDisk().unmount();
    return true;
  } catch {
    return false;
  }
}
