import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folders = ['app', 'components', 'lib', 'public'];
const skippedFolders = new Set(['fixtures', 'testing', 'node_modules', '__snapshots__']);
const topFile = /^(\.env.*|package-lock\.json|.+\.(ts|mts|mjs|js|cjs|json))$/;
/** At the top but for tools that have no part in the build, or written by the build itself. */
const topFileOfTools = /^(biome|knip|playwright\.config|vitest\.[a-z]+|next-env\.d)\./;
const testOrText = /(\.(test|spec|bench)\.[a-z]+|\.md|\.snap)$/;

/** The files that a production build is made of, relative to `root`, with `/`, sorted. */
export function buildFiles(root) {
  const files = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && topFile.test(entry.name))
    .map((entry) => entry.name)
    .filter((name) => !topFileOfTools.test(name) && !testOrText.test(name));
  const walk = (folder) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const place = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!skippedFolders.has(entry.name)) walk(place);
      } else if (!testOrText.test(entry.name)) files.push(place);
    }
  };
  for (const folder of folders) if (existsSync(path.join(root, folder))) walk(folder);
  return files.sort();
}

/**
 * One hash over names and contents of the build's files. Times and sizes have no part in it: a checkout
 * changes the times, and reading all of it takes a few ms.
 */
export function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of buildFiles(root)) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
