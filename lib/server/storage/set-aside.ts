import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileEnds, prepareFile } from './data-folder';

const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** A free name beside `path`: `path.why-20261128T031800Z`, with a number where that is taken. */
export function nameAside(path: string, why: string, at: Date): string {
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const base = `${path}.${why}-${stamp}`;
  let name = base;
  for (let number = 2; isThere(name); number += 1) name = `${base}-${number}`;
  return name;
}

/**
 * Moves the files of a database to a free name and returns that; `null` when nothing is there. They are never deleted:
 * somebody may still be able to recover their content. Throws what `rename` throws.
 */
export function setAside(path: string, at: Date, why = 'corrupt'): string | null {
  const name = nameAside(path, why, at);
  const parts = fileEnds.toReversed().filter((end) => isThere(path + end));
  for (const end of parts) renameSync(path + end, name + end);
  return parts.length > 0 ? name : null;
}

const markOf = (path: string) => `${path}.made`;

/** Whether there has been a database at `path`. One that is empty or missing is then lost and not new. */
export function isMarkedMade(path: string): boolean {
  try {
    return isThere(markOf(path));
  } catch {
    return false;
  }
}

/** Marks that there is a database. Where that cannot be written, a later run writes it. */
export function markMade(path: string): void {
  if (isMarkedMade(path)) return;
  try {
    prepareFile(markOf(path));
    writeFileSync(
      markOf(path),
      `Hostbeat has made ${basename(path)}. Whoever deletes that deletes this, too.\n`,
    );
  } catch {
    // An empty file is a mark as well.
  }
}

/** Copies a database that holds unreadable rows, before it is written without them. Returns the copy's name. Throws. */
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
