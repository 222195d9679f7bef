import { lstatSync, renameSync, rmSync } from 'node:fs';
import { prepareFile } from './data-folder';

const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** A name beside `path` that is free: `path.why-20261128T031800Z`, with a number where that is taken. */
export function nameAside(path: string, why: string, at: Date): string {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const base = `${path}.${why}-${stamp}`;
  let name = base;
  for (let number = 2; isThere(name); number += 1) name = `${base}-${number}`;
  return name;
}

/**
 * Moves a database and what belongs to it out of the way, under a name that is free, and returns that name.
 * It is never deleted: somebody may still get something out of it. Throws what `rename` throws.
 */
export function setAside(path: string, at: Date, why = 'corrupt'): string {
  const name = nameAside(path, why, at);
  for (const part of ['-wal', '-shm', '']) {
    if (isThere(path + part)) renameSync(path + part, name + part);
  }
  return name;
}

/** Copies a database that holds unreadable rows, before it is written without them. Gives the copy's name; throws. */
export function keepCopy(path: string, at: Date, snapshot: (to: string) => void): string {
  const name = nameAside(path, 'unreadable', at);
  try {
    prepareFile(name);
    snapshot(name);
    return name;
  } catch (error) {
    rmSync(name, { force: true });
    throw error;
  }
}
