import { existsSync, renameSync } from 'node:fs';

/**
 * Moves a database and what belongs to it out of the way, under a name that is free, and returns that name.
 * It is never deleted: somebody may still get something out of it. Throws what `rename` throws.
 */
export function setAside(path: string, at: Date): string {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  let name = `${path}.corrupt-${stamp}`;
  for (let number = 2; existsSync(name); number += 1) name = `${path}.corrupt-${stamp}-${number}`;
  for (const part of ['-wal', '-shm', '']) {
    if (existsSync(path + part)) renameSync(path + part, name + part);
  }
  return name;
}
