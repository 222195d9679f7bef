import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { withLock } from './lock.mjs';
import { requireNode } from './node-version.mjs';
import { inProject, Stop, say } from './project.mjs';
import { runNpm } from './run.mjs';

/** What install and build must not do twice at once, they do under this lock. */
export const setupLock = inProject('.hostbeat', 'setup.lock');

export function waitLine(owner) {
  say(`Waiting for process ${owner}, which installs or builds here already`);
}

const stampFile = () => inProject('node_modules', '.hostbeat-installed');

/** What an installation depends on: the exact packages, and the machine that their binaries are for. */
export function installKey(
  lockText,
  { node = process.version, platform = process.platform, arch = process.arch } = {},
) {
  const major = /^v(\d+)/.exec(node)?.[1];
  const hash = createHash('sha256').update(lockText).digest('hex');
  return `${hash} node${major} ${platform}-${arch}`;
}

/**
 * Whether npm's own record of what it installed has all that the lock file asks for, and nothing that was
 * meant for another system. So an `npm install` by hand is not done over again.
 */
export function holdsAll(wanted, installed, { platform = process.platform, arch = process.arch } = {}) {
  for (const [place, entry] of Object.entries(wanted.packages)) {
    if (place === '' || entry.optional || entry.devOptional || entry.peer) continue;
    if (installed.packages[place]?.version !== entry.version) return false;
  }
  const fits = (list, own) => !list || (list.some((name) => name === own) && !list.includes(`!${own}`));
  return Object.values(installed.packages).every(({ os, cpu }) => {
    const asked = [...(os ?? []), ...(cpu ?? [])];
    if (asked.some((name) => name.startsWith('!'))) return true;
    return fits(os, platform) && fits(cpu, arch);
  });
}

/** Why packages must be installed, in words; `null` when they need not be. */
function reasonToInstall() {
  const lockText = readFileSync(inProject('package-lock.json'), 'utf8');
  const key = installKey(lockText);
  const stamp = existsSync(stampFile()) ? readFileSync(stampFile(), 'utf8') : null;
  if (stamp === key) return null;
  const record = inProject('node_modules', '.package-lock.json');
  if (!existsSync(record)) return 'no packages are installed yet';
  if (holdsAll(JSON.parse(lockText), JSON.parse(readFileSync(record, 'utf8')))) {
    writeFileSync(stampFile(), key);
    return null;
  }
  return stamp
    ? 'package-lock.json, Node.js or this machine has changed'
    : 'node_modules is not what package-lock.json asks for';
}

/** Installs the packages where they are missing or others than the lock file's. Throws `Stop`. */
export async function ensureInstalled() {
  requireNode();
  if (reasonToInstall() === null) return;
  await withLock(setupLock, waitLine, async () => {
    const reason = reasonToInstall();
    if (reason === null) return;
    say(`Installing packages (npm ci), since ${reason}`);
    // The build's tools are development dependencies; NODE_ENV=production would leave them out.
    const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']).catch(
      (error) => error.message,
    );
    if (code !== 0) throw new Stop(`Packages could not be installed: npm ci ended with ${code}`);
    writeFileSync(stampFile(), installKey(readFileSync(inProject('package-lock.json'), 'utf8')));
  });
}
