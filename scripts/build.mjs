import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { ensureConfigCompiled } from './config.mjs';
import { isExportPageMade, makeExportPage } from './export-page.mjs';
import { fingerprint } from './fingerprint.mjs';
import { ensureInstalled, setupLock, waitLine } from './install.mjs';
import { isRunning, withLock } from './lock.mjs';
import { inProject, main, root, Stop, say } from './project.mjs';
import { runPackage } from './run.mjs';

const builderFile = inProject('.hostbeat', 'build.pid');
const orphanWaitMs = 120_000;
const pollMs = 250;
const stampFile = inProject('.next', 'hostbeat-build.json');

/** Whether the production build is there, whole, and made of the files as they are now. */
export function isBuilt() {
  if (!existsSync(inProject('.next', 'BUILD_ID')) || !existsSync(stampFile) || !isExportPageMade())
    return false;
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).fingerprint === fingerprint(root);
  } catch {
    return false;
  }
}

/** Makes the production build where it is missing or stale, or in any case with `force`. Throws `Stop`. */
export async function ensureBuilt({ force = false } = {}) {
  if (!force && isBuilt()) return;
  await withLock(setupLock, waitLine, async () => {
    if (!force && isBuilt()) return;
    say(
      existsSync(stampFile)
        ? 'Building, since the sources have changed'
        : 'Building; this takes a minute or less',
    );
    await build();
  });
}

/** A start that was killed leaves its `next build` running, and a second one in the same folder would be refused. */
async function waitForOrphan() {
  const pid = existsSync(builderFile) ? Number(readFileSync(builderFile, 'utf8')) : 0;
  const until = Date.now() + orphanWaitMs;
  if (pid > 0 && isRunning(pid)) say(`Waiting for process ${pid}, a build that was left behind`);
  while (pid > 0 && isRunning(pid) && Date.now() < until) await wait(pollMs);
}

async function build() {
  await waitForOrphan();
  const before = fingerprint(root);
  // A build that is killed half-way leaves no stamp, so the next start makes it again.
  rmSync(stampFile, { force: true });
  const env = { NEXT_TELEMETRY_DISABLED: '1', ...process.env, NODE_ENV: 'production' };
  const onStart = (pid) => writeFileSync(builderFile, String(pid));
  const code = await runPackage('next/dist/bin/next', ['build'], { env, onStart });
  rmSync(builderFile, { force: true });
  if (code !== 0) throw new Stop(`The build failed: next build ended with ${code}`);
  await ensureConfigCompiled();
  await makeExportPage();
  // From before the build: what was changed while it ran is not in it.
  writeFileSync(`${stampFile}.new`, JSON.stringify({ fingerprint: before }));
  renameSync(`${stampFile}.new`, stampFile);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(async () => {
    await ensureInstalled();
    await ensureBuilt({ force: process.argv.includes('--force') });
    say('The production build is up to date');
  });
}
