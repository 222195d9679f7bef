import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const tests = /\.(test|spec)\.tsx?$|(^|\/)fixtures(\/|$)/;

/** @param {string} path relative to the project @returns {string[]} */
function filesBelow(path) {
  if (tests.test(path)) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

/**
 * A hash over what files hold and what they are called; files that are not there count as such.
 * @param {readonly string[]} paths files and folders, relative to the project
 * @param {readonly string[]} [also] other things that matter
 */
export function fingerprint(paths, also = []) {
  const hash = createHash('sha256');
  for (const thing of also) hash.update(`${thing}\0`);
  for (const path of paths) {
    for (const file of filesBelow(path)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/**
 * What a stamp file holds, or nothing.
 * @param {string} file
 */
export function readStamp(file) {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return '';
  }
}
