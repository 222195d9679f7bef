import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp } from './fingerprint.mjs';
import { giveUp, root, run, say } from './run.mjs';

const stampFile = 'node_modules/.hostbeat-installed';
const oldestNode = [20, 19];

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  giveUp(`Hostbeat needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
}

/** npm as this very npm run has it; by its script, since npm.cmd needs a shell on Windows. */
function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/** Installs the packages of the lock file, unless they are here for this Node and this machine. */
export async function ensureInstalled() {
  checkNode();
  const wanted = fingerprint(
    ['package-lock.json'],
    [process.versions.modules, process.platform, process.arch],
  );
  if (readStamp(stampFile) === wanted) return;
  say('Installing packages (npm ci) …');
  const code = await npm(['ci', '--no-audit', '--no-fund']);
  if (code !== 0)
    giveUp('The packages could not be installed: npm says why above. Is the npm registry in reach?');
  writeFileSync(join(root, stampFile), wanted);
}
