import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { prepareFile } from '@/lib/server/storage/data-folder';

/** What `newId` may give: lower-case letters and digits. */
const idForm = /^[a-z0-9]{1,64}$/;

/**
 * The id of the log beside its database, for starts that cannot read that; `null` where there is none. A hint: the id
 * in the database counts, and replaces it.
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

/** Writes it where it differs. Where that cannot be done, the next start may have to do without it. */
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
