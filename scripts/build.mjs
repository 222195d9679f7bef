import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { ensureInstalled } from './install.mjs';
import { giveUp, root, run, runPackage, say } from './run.mjs';

const stampFile = '.next/hostbeat-built';
const lockFile = '.hostbeat/build.lock';
const configFolder = '.hostbeat/config';
const sources = [
  'app',
  'components',
  'lib',
  'public',
  'instrumentation.ts',
  'next.config.ts',
  'package-lock.json',
  'package.json',
  'postcss.config.mjs',
  'proxy.ts',
  'tailwind.config.ts',
  'tsconfig.json',
];

const wantedBuild = () => fingerprint(sources, [process.versions.modules]);
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two starts at once must not build into one folder: the second waits for the first. */
async function withLock(work) {
  mkdirSync(join(root, '.hostbeat'), { recursive: true });
  const lock = join(root, lockFile);
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = Number(readStamp(lockFile));
    if (!isRunning(owner)) rmSync(lock, { force: true });
    else if (!told) {
      say(`Waiting for another build (process ${owner}) …`);
      told = true;
    }
    await wait(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Builds the product unless what is built is of these very sources. */
export async function ensureBuilt() {
  if (readStamp(stampFile) === wantedBuild()) return;
  await withLock(async () => {
    const wanted = wantedBuild();
    if (readStamp(stampFile) === wanted) return;
    say('Building (about half a minute) …');
    rmSync(join(root, stampFile), { force: true });
    const code = await runPackage('next/dist/bin/next', ['build'], {
      env: { ...environment, NODE_ENV: 'production' },
    });
    if (code !== 0) giveUp('The build failed: its output says why.');
    writeFileSync(join(root, stampFile), wanted);
  });
}

/**
 * The configuration module, compiled on its own, so that a bad variable is told before anything is built.
 * @returns {Promise<typeof import('../lib/config.ts')>}
 */
export async function loadConfigModule() {
  const wanted = fingerprint(['lib/config.ts', 'package-lock.json']);
  const stamp = `${configFolder}/stamp`;
  if (readStamp(stamp) !== wanted) {
    const options = ['--outDir', configFolder, '--target', 'es2022', '--module', 'esnext', '--noCheck'];
    const code = await run(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      'lib/config.ts',
      '--ignoreConfig',
      '--moduleResolution',
      'bundler',
      '--skipLibCheck',
      ...options,
    ]);
    if (code !== 0) giveUp('lib/config.ts could not be compiled.');
    writeFileSync(join(root, configFolder, 'package.json'), '{"type":"module"}\n');
    writeFileSync(join(root, stamp), wanted);
  }
  return import(pathToFileURL(join(root, configFolder, 'config.js')).href);
}

/** This version of Hostbeat. */
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await ensureInstalled();
  await ensureBuilt();
}
