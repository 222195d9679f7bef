import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeConfig } from '../lib/server/config';
import { isLoopback, ownAddress, urlsOf } from './addresses.mjs';
import { browserPlaces } from './chromium.mjs';
import { requireRealFolder } from './data-dir.mjs';
import { helpText } from './help.mjs';
import { listen, refusal, requireFree } from './listen.mjs';
import { parseStartOptions } from './start-options.mjs';
import { testEnvironment } from './test-environment.mjs';

const lan = {
  lo: [{ internal: true, family: 'IPv4', address: '127.0.0.1' }],
  eth0: [
    { internal: false, family: 'IPv4', address: '192.168.1.5' },
    { internal: false, family: 'IPv6', address: 'fe80::1' },
  ],
} as unknown as NodeJS.Dict<import('node:os').NetworkInterfaceInfo[]>;

test.each([
  ['127.0.0.1', ['http://127.0.0.1:3000']],
  ['::1', ['http://[::1]:3000']],
  ['atlas.lan', ['http://atlas.lan:3000']],
  ['0.0.0.0', ['http://localhost:3000', 'http://192.168.1.5:3000']],
  ['::', ['http://localhost:3000', 'http://192.168.1.5:3000']],
])('a server on %s is opened at %j', (host, urls) => {
  expect(urlsOf(host, 3000, lan)).toEqual(urls);
});

test('only this machine reaches a loopback address', () => {
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1', 'a.localhost'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.example'].some(isLoopback)).toBe(false);
});

test('a server that listens everywhere reaches itself by loopback', () => {
  expect(['0.0.0.0', '::', '10.0.0.1'].map(ownAddress)).toEqual(['127.0.0.1', '::1', '10.0.0.1']);
});

test('a taken port is one line with what to do', async () => {
  const other = createServer();
  const port = await listen(other, { host: '127.0.0.1', port: 0 });
  expect((other.address() as AddressInfo).port).toBe(port);
  const attempt = requireFree({ host: '127.0.0.1', port });
  await expect(attempt).rejects.toThrow(
    new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is taken; [^\\n]*PORT=\\d+ npm start\\)$`),
  );
  await new Promise((resolve) => other.close(resolve));
  await requireFree({ host: '127.0.0.1', port });
});

test.each([
  ['EACCES', 80, /^Port 80 of atlas is not open to this user; .*PORT=3000/],
  ['ENOTFOUND', 3000, /^HOST: got "atlas", which is no address of this machine$/],
  ['EADDRNOTAVAIL', 3000, /^HOST: got "atlas"/],
  ['EOTHER', 3000, /^Cannot listen on port 3000 of atlas: odd$/],
])('%s is one line', (code, port, line) => {
  expect(refusal({ code, message: 'odd' }, { host: 'atlas', port })).toMatch(line);
});

test('options of npm start', () => {
  expect(parseStartOptions([])).toEqual({ dev: false, help: false, version: false });
  expect(parseStartOptions(['--port', '80', '--host=::1', '--dev'])).toMatchObject({
    port: '80',
    host: '::1',
    dev: true,
  });
  expect(() => parseStartOptions(['--prot', '80'])).toThrow(/^Unknown option '--prot'; npm start -- --help/);
});

test('the help names every variable with its default, and no line is wide', () => {
  const text = helpText(describeConfig());
  for (const { name } of describeConfig()) expect(text).toContain(`\n  ${name}\n`);
  expect(text).toContain('Default: 3000.');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(90);
});

test('browsers are looked for where each system has them', () => {
  expect(browserPlaces({ platform: 'linux', env: { PATH: '/usr/bin:/snap/bin' } }).slice(0, 2)).toEqual([
    '/usr/bin/chromium',
    '/snap/bin/chromium',
  ]);
  expect(browserPlaces({ platform: 'win32', env: { PROGRAMFILES: 'C:\\Program Files' } })).toContain(
    'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
  );
  expect(browserPlaces({ platform: 'darwin' })[0]).toMatch(/^\/Applications\//);
});

test('tests do not see the settings of whoever runs them', () => {
  const env = {
    PATH: '/bin',
    PORT: '1',
    NODE_ENV: 'production',
    HOSTBEAT_PROC: '/x',
    HOSTBEAT_TEST_CHROMIUM: '/c',
  };
  expect(testEnvironment({ A: '1' }, env)).toEqual({ PATH: '/bin', HOSTBEAT_TEST_CHROMIUM: '/c', A: '1' });
});

test.runIf(process.platform === 'linux').each(['/proc', '/proc/hostbeat', '/proc/self/a/b', '/sys/hostbeat'])(
  'a start with its data in %s ends in one line',
  (folder) => {
    const line = /^HOSTBEAT_DATA_DIR: \/[^\n]* keeps no files; choose another directory$/;
    expect(() => requireRealFolder(folder)).toThrow(line);
  },
);

test('a folder that is there, or can be made, is taken', () => {
  for (const folder of [tmpdir(), join(tmpdir(), 'not', 'there'), '/dev/null/nowhere'])
    expect(() => requireRealFolder(folder)).not.toThrow();
});

function startedWith(env: NodeJS.ProcessEnv) {
  const script = fileURLToPath(new URL('./start.cjs', import.meta.url));
  return spawnSync(process.execPath, [script], { env, encoding: 'utf8', timeout: 60_000 });
}

test.runIf(process.platform === 'linux').each([
  ['on /proc', { HOME: '/proc' }],
  ['with its state on /proc', { HOME: '/tmp', XDG_STATE_HOME: '/proc' }],
  ['without a home', { HOME: '.' }],
  ['with an empty home', { HOME: '' }],
  ['with hosts that mean nothing', { HOME: '/tmp', HOSTBEAT_ALLOWED_HOSTS: '..' }],
])('a start %s ends in one line', { timeout: 90_000 }, (_, env) => {
  const { status, stderr } = startedWith({ NODE_ENV: 'production', PATH: process.env.PATH, ...env });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^HOSTBEAT_[A-Z_]+: [^\n]+\n$/);
});
