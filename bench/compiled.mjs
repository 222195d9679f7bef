import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inProject, root, Stop } from '../scripts/project.mjs';
import { runPackage } from '../scripts/run.mjs';
import { scratchFolder } from './scratch.mjs';

/** Compiles modules of `lib/` and what they import, as a server runs them: without a bundler's or a test's wrapping. */
export async function compile(...modules) {
  // Inside the checkout, so that what is imported from node_modules is found.
  mkdirSync(inProject('.hostbeat'), { recursive: true });
  const folder = scratchFolder(inProject('.hostbeat'));
  const compilerOptions = {
    noEmit: false,
    rootDir: root,
    outDir: folder,
    module: 'commonjs',
    noCheck: true,
    allowImportingTsExtensions: false,
  };
  const config = {
    extends: inProject('tsconfig.json'),
    compilerOptions: { ...compilerOptions, verbatimModuleSyntax: false, plugins: [] },
    include: [],
    files: modules.map((module) => inProject(`${module}.ts`)),
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  const code = await runPackage('typescript/bin/tsc', ['-p', join(folder, 'tsconfig.json')]);
  if (code !== 0) throw new Stop(`${modules.join(', ')} could not be compiled: tsc ended with ${code}`);
  // How `@/lib/…` is found by plain Node.js.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(folder, join(folder, 'node_modules', '@'), 'junction');
  return folder;
}

/** What a compiled module exports. */
export function load(folder, module) {
  return createRequire(join(folder, 'package.json'))(join(folder, module));
}
