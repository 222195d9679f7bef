import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { ensureBuilt } from '../scripts/build.mjs';
import { ensureInstalled } from '../scripts/install.mjs';
import { root } from '../scripts/run.mjs';

/** Makes sure that what is measured is what the sources say. */
export async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
}

/**
 * Starts the built product on a free port.
 * @param {Record<string, string>} [env]
 */
export async function startServer(env = {}) {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const live = /live at (http:\/\/\S+)/.exec(output)?.[1];
      if (live) resolve(live);
    });
  });
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The machine and the versions that a figure belongs to. */
export function machine() {
  const version = (name) =>
    JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8')).version;
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
