import { closeSync, constants, openSync, readSync } from 'node:fs';

const buffer = Buffer.allocUnsafe(4096);
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The first 4 KiB of a file that is read once in a while, as Latin-1; `null` when it cannot be read. */
export function readBrief(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, readOnly);
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}
