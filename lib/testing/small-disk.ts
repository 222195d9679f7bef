import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of its own, in memory, that can be filled up and made read-only. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all of its space, until `makeRoom`. */
  fill(): void;
  makeRoom(): void;
  /** Throws while a file is open for writing on it. */
  setReadOnly(isReadOnly: boolean): void;
  /** The same files at another path that is read-only until `setReadOnly(false)`. */
  readOnlyView(): { readonly path: string; setReadOnly(isReadOnly: boolean): void };
  /** Removes it with all that is on it; safe to call twice. */
  unmount(): void;
}

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' });
const newFolder = () => mkdtempSync(join(tmpdir(), 'hostbeat-disk-'));

/** For tests, as root on Linux: mounts a tmpfs of so many KiB. Throws where that is not allowed. */
export function mountSmallDisk(kib = 1024): SmallDisk {
  const path = newFolder();
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${kib}k,mode=0700`, 'hostbeat-tests', path);
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
  }
  const views: string[] = [];
  const filler = join(path, 'filler');
  let isMounted = true;
  function unmount(): void {
    if (!isMounted) return;
    isMounted = false;
    process.removeListener('exit', unmount);
    // Open files keep it mounted, out of sight.
    for (const folder of [...views, path]) {
      run('umount', '-l', folder);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  process.once('exit', unmount);
  return {
    path,
    fill() {
      const file = openSync(filler, 'a');
      for (const bytes of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(bytes));
      closeSync(file);
    },
    makeRoom: () => rmSync(filler, { force: true }),
    setReadOnly: (isReadOnly) => void run('mount', '-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path),
    readOnlyView() {
      const view = newFolder();
      const setReadOnly = (isReadOnly: boolean) =>
        void run('mount', '-o', `remount,bind,${isReadOnly ? 'ro' : 'rw'}`, view);
      run('mount', '--bind', path, view);
      setReadOnly(true);
      views.push(view);
      return { path: view, setReadOnly };
    },
    unmount,
  };
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** A disk, or why there can be none. */
export function openSmallDisk(kib: number): SmallDisk | string {
  if (process.platform !== 'linux') return 'only Linux has tmpfs';
  try {
    return mountSmallDisk(kib);
  } catch (error) {
    return `a tmpfs cannot be mounted: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
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
