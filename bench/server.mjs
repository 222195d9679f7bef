import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../scripts/build.mjs';
import { ensureInstalled } from '../scripts/install.mjs';
import { root } from '../scripts/project.mjs';
import { testEnvironment } from '../scripts/test-environment.mjs';

/** Makes sure that what is measured is what the sources say. */
export async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
}

const startsWithinMs = 30_000;

/**
 * Starts the built product on a free port, by its script or, `asUser`, by `npm start`.
 * @param {Record<string, string>} [env]
 */
export async function startServer(env = {}, { asUser = false } = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-bench-'));
  const isWindows = process.platform === 'win32';
  const [program, args] = asUser ? ['npm', ['start', '--silent']] : [process.execPath, ['scripts/start.mjs']];
  const child = spawn(program, args, {
    cwd: root,
    env: testEnvironment({ PORT: '0', HOST: '127.0.0.1', HOSTBEAT_DATA_DIR: dataDir, ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: asUser && isWindows,
    // npm does not pass a signal on to what it started: the whole group gets it.
    detached: asUser && !isWindows,
  });
  // Not `exit`: npm may be gone before the server that it started.
  const closed = once(child, 'close');
  let output = '';
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server is not live yet\n${output}`)), startsWithinMs);
    const ended = (code) => {
      clearTimeout(late);
      reject(new Error(`the server ended with ${code}\n${output}`));
    };
    child.once('exit', ended);
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const live = /live at (http:\/\/\S+)/.exec(output)?.[1];
      if (!live) return;
      clearTimeout(late);
      child.removeListener('exit', ended);
      resolve(live);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      if (asUser && !isWindows) process.kill(-(child.pid ?? 0), 'SIGTERM');
      else child.kill('SIGTERM');
      await closed;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The machine and the versions that a figure belongs to. */
export function machine() {
  const version = (name) =>
    JSON.parse(readFileSync(`${root}/node_modules/${name}/package.json`, 'utf8')).version;
  const [first] = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${first?.model.trim()}`,
    `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    `Node ${process.versions.node}`,
    `Next ${version('next')}`,
  ].join(', ');
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * A Markdown table.
 * @param {readonly string[]} head @param {readonly (readonly (string | number)[])[]} rows
 */
export function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
