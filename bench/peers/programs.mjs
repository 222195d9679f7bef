import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../../scripts/project.mjs';
import { scratchFolder } from '../scratch.mjs';
import { startProcess } from '../server.mjs';

/**
 * What watches a machine too, each at 1 Hz: how it is started, and what of it answers. `packageName` is Debian's.
 * `start` gives `{ pid, stop, page?, polled?, scrape? }`: a page to open, an address that its page asks each second,
 * as Debian's glances comes without the page's script, or one that is always asked each second.
 */
export const peers = [
  { name: 'netdata', packageName: 'netdata', program: 'netdata', start: startNetdata },
  {
    name: 'glances, no page (`-q`)',
    packageName: 'glances',
    program: 'glances',
    start: async () => startProcess(['glances', '-q', '-t', '1', '--disable-check-update'], quiet),
  },
  {
    name: 'glances, web (`-w`)',
    packageName: 'glances',
    program: 'glances',
    async start() {
      const port = await freePort();
      const address = ['-w', '-t', '1', '-B', '127.0.0.1', '-p', String(port), '--disable-check-update'];
      return {
        ...startProcess(['glances', ...address], quiet),
        polled: `http://127.0.0.1:${port}/api/3/all`,
      };
    },
  },
  {
    name: 'node_exporter, scraped each second',
    packageName: 'prometheus-node-exporter',
    program: 'prometheus-node-exporter',
    async start() {
      const port = await freePort();
      const address = `--web.listen-address=127.0.0.1:${port}`;
      const started = startProcess(['prometheus-node-exporter', address, '--log.level=error'], quiet);
      return { ...started, scrape: `http://127.0.0.1:${port}/metrics` };
    },
  },
  { name: 'Node.js with systeminformation, seven calls', start: async () => nodeProgram('library', 'seven') },
  { name: '… and processes, users, file systems', start: async () => nodeProgram('library', 'all') },
  { name: 'Node.js that reads ten files of `/proc`, and no more', start: async () => nodeProgram('bare') },
];

const quiet = { asGroup: true, quiet: true };

function nodeProgram(script, ...args) {
  return startProcess([process.execPath, inProject('bench', 'peers', `${script}.mjs`), ...args], quiet);
}

/** As its package sets it up, but for where it writes, and that it tells nobody of itself. */
async function startNetdata() {
  const folder = scratchFolder();
  const port = await freePort();
  for (const name of ['cache', 'lib', 'log']) mkdirSync(join(folder, name));
  const own = (name) => join(folder, name);
  const sections = {
    global: { 'run as user': userInfo().username },
    directories: { cache: own('cache'), lib: own('lib'), log: own('log'), home: own('lib') },
    web: { 'bind to': `127.0.0.1:${port}` },
    registry: { enabled: 'no' },
    cloud: { enabled: 'no' },
  };
  const text = Object.entries(sections).map(
    ([title, lines]) =>
      `[${title}]\n${Object.entries(lines)
        .map(([key, value]) => `  ${key} = ${value}\n`)
        .join('')}`,
  );
  writeFileSync(own('netdata.conf'), text.join(''));
  const env = { ...process.env, DO_NOT_TRACK: '1' };
  const command = [pathOf('netdata'), '-D', '-c', own('netdata.conf'), '-P', own('pid')];
  return { ...startProcess(command, { ...quiet, env }), page: `http://127.0.0.1:${port}/` };
}

/** Where a program is; Debian has some outside a user's path. */
export function pathOf(program) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** A package's version, as dpkg has it. */
export function versionOf(packageName) {
  try {
    return execFileSync('dpkg-query', ['-W', '-f', '$' + '{Version}', packageName], { encoding: 'utf8' });
  } catch {
    return 'of unknown version';
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
