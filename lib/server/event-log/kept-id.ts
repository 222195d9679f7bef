import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { prepareFile } from '@/lib/server/storage/data-folder';

/** The form of `newId`’s ids: lower-case letters and digits. */
const idForm = /^[a-z0-9]{1,64}$/;

/**
 * A copy of the log's id beside its database, for starts that cannot read the database; `null` where there is none. The id
 * in the database replaces it.
 */
export function readKeptId(path: string): string | null {
  try {
    if (!lstatSync(path).isFile()) return null;
    const id = readFileSync(path, 'utf8').trim();
    return idForm.test(id) ? id : null;
  } catch {
    return null;
  }
}

/** Writes the copy where it differs. If that fails, the next start may have none. */
export function keepId(path: string, id: string): void {
  if (readKeptId(path) === id) return;
  const fresh = `${path}.new`;
  try {
    rmSync(fresh, { force: true });
    prepareFile(fresh);
    writeFileSync(fresh, `${id}\n`);
    renameSync(fresh, path);
  } catch {
    // Written by a later start.
  }
}
