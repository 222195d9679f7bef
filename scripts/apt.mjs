import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './run.mjs';

/** How apt-get can be run here without asking anyone; `null` where it cannot. */
async function aptCommand() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return null;
  if (process.getuid() === 0) return ['apt-get'];
  const passwordless = await run('sudo', ['-n', 'true'], { quiet: true }).catch(() => 1);
  return passwordless === 0 ? ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'] : null;
}

/**
 * Installs packages of Debian's or its kin's, each by itself, so that one that is missing does not stop the others.
 * Does nothing where apt-get cannot be run unasked.
 * @param {readonly string[]} packages
 * @param {(line: string) => void} say is told what is done, if it is
 */
export async function installByApt(packages, say) {
  const command = await aptCommand();
  if (!command) return;
  say(`Installing ${packages.join(' and ')} with apt-get`);
  const [program, ...first] = command;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => run(program, [...first, '-q', ...args], { env }).catch(() => 1);
  await apt('update');
  for (const name of packages) await apt('install', '-y', '--no-install-recommends', name);
}

/**
 * Unpacks what is in a Debian package into a folder, without installing it: no service starts, and no rights are
 * needed where the package lists are there. Does nothing where that fails.
 */
export async function unpackByApt(name, folder) {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return;
  const scratch = mkdtempSync(path.join(tmpdir(), 'hostbeat-apt-'));
  const quietly = (program, args) => run(program, args, { quiet: true, cwd: scratch }).catch(() => 1);
  try {
    if ((await quietly('apt-get', ['-q', 'download', name])) !== 0) {
      const command = await aptCommand();
      if (!command) return;
      await quietly(command[0], [...command.slice(1), '-q', 'update']);
      if ((await quietly('apt-get', ['-q', 'download', name])) !== 0) return;
    }
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(scratch))
      await quietly('dpkg-deb', ['-x', path.join(scratch, file), folder]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
