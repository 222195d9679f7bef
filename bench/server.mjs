import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { ensureBuilt } from '../scripts/build.mjs';
import { ensureInstalled } from '../scripts/install.mjs';
import { root } from '../scripts/project.mjs';
import { testEnvironment } from '../scripts/test-environment.mjs';
import { scratchFolder } from './scratch.mjs';

/** Makes sure that what is measured is what the sources say. */
export async function prepare() {
  await ensureInstalled();
  await ensureBuilt();
}

const startsWithinMs = 30_000;
const endsWithinMs = 10_000;

/** Whatever ends this process, what it started does not outlive it. */
const started = new Set();
process.once('exit', () => {
  for (const kill of started) kill('SIGKILL');
});

/**
 * Starts a program whose output is `child.stdout`.
 * @param {readonly string[]} command
 * @param {{ env?: NodeJS.ProcessEnv, asGroup?: boolean, shell?: boolean, quiet?: boolean }} [options]
 */
export function startProcess(
  [program, ...args],
  { env = process.env, asGroup = false, shell = false, quiet = false } = {},
) {
  const stdio = quiet ? 'ignore' : ['ignore', 'pipe', 'inherit'];
  const child = spawn(program, args, { cwd: root, env, stdio, shell, detached: asGroup });
  const pid = child.pid ?? 0;
  const kill = (signal) => {
    if (pid === 0) return;
    try {
      process.kill(asGroup ? -pid : pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  started.add(kill);
  // Not `exit`: npm may be gone before the server that it started. A program that cannot start is closed too.
  const closed = once(child, 'close')
    .catch(() => {})
    .finally(() => started.delete(kill));
  async function stop() {
    kill('SIGTERM');
    const late = setTimeout(kill, endsWithinMs, 'SIGKILL');
    await closed;
    clearTimeout(late);
  }
  return { child, pid, stop };
}

/** Starts a server and waits for the line with which it says where it is live; the same parameters. */
export async function launch(command, options) {
  const { child, pid, stop } = startProcess(command, options);
  try {
    return { url: await liveUrl(child), pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function liveUrl(child) {
  let output = '';
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the server is not live yet\n${output}`)), startsWithinMs);
    const ended = (reason) => {
      clearTimeout(late);
      reject(new Error(`the server ended with ${reason}\n${output}`));
    };
    child.once('exit', ended).once('error', ended);
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const live = /live at (http:\/\/\S+)/.exec(output)?.[1];
      if (!live) return;
      clearTimeout(late);
      child.removeListener('exit', ended);
      resolve(live);
    });
  });
}

/**
 * Starts the built product on a free port, by its script or, `asUser`, by `npm start`; on one core if asked.
 * @param {Record<string, string>} [env]
 */
export function startServer(env = {}, { asUser = false, core = -1 } = {}) {
  const isWindows = process.platform === 'win32';
  const command = asUser ? ['npm', 'start', '--silent'] : [process.execPath, 'scripts/start.cjs'];
  return launch(core < 0 ? command : onCore(core, command), {
    env: testEnvironment({ PORT: '0', HOST: '127.0.0.1', HOSTBEAT_DATA_DIR: scratchFolder(), ...env }),
    shell: asUser && isWindows,
    // npm does not pass a signal on to what it started: the whole group gets it.
    asGroup: asUser && !isWindows,
  });
}

/** A command that runs on one core only; taskset(1) is of util-linux. */
export function onCore(core, command) {
  return ['taskset', '-c', String(core), ...command];
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
