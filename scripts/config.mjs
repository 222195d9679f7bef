import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inProject, Stop } from './project.mjs';
import { runPackage } from './run.mjs';

const source = inProject('lib', 'server', 'config.ts');
const folder = inProject('.hostbeat');

/** Compiles lib/server/config.ts by itself, so that a start can check the variables before anything long. Gives the path. */
export async function ensureConfigCompiled() {
  const hash = createHash('sha256').update(readFileSync(source)).digest('hex').slice(0, 12);
  const compiled = path.join(folder, `config-${hash}.mjs`);
  if (existsSync(compiled)) return compiled;
  const workFolder = path.join(folder, `compiling-${process.pid}`);
  mkdirSync(workFolder, { recursive: true });
  try {
    // Types are a check of their own; here a type error elsewhere must not stop a start.
    const options = '--ignoreConfig --noCheck --module esnext --target es2022 --moduleResolution bundler';
    const code = await runPackage('typescript/bin/tsc', [
      source,
      '--outDir',
      workFolder,
      ...options.split(' '),
    ]);
    if (code !== 0) throw new Stop(`lib/server/config.ts could not be compiled: tsc ended with ${code}`);
    renameSync(path.join(workFolder, 'config.js'), compiled);
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (/^config-[0-9a-f]+\.mjs$/.test(name) && file !== compiled) rmSync(file, { force: true });
  }
  return compiled;
}

/** lib/server/config.ts as a module. */
export async function loadConfigModule() {
  return import(pathToFileURL(await ensureConfigCompiled()).href);
}

/** The configuration of this process. Throws `Stop` with a line per bad variable. */
export function readConfig({ parseConfig }, env) {
  try {
    return parseConfig(env);
  } catch (error) {
    if (error.code !== 'bad-config') throw error;
    throw new Stop(error.message);
  }
}
