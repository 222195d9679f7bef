import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildFiles, fingerprint } from './fingerprint.mjs';
import { holdsAll, installKey } from './install.mjs';
import { withLock } from './lock.mjs';
import { isTooOld, requireNode } from './node-version.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hostbeat-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, content: string) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), content);
}

test('the build is made of sources and settings, and not of tests, docs and tools', () => {
  for (const file of [
    'app/page.tsx',
    'lib/a/b.ts',
    'public/icon.svg',
    'next.config.ts',
    'package-lock.json',
  ]) {
    put(file, '1');
  }
  for (const file of ['lib/a/b.test.ts', 'lib/fixtures/x.ts', 'docs/a.ts', 'vitest.config.ts', 'README.md']) {
    put(file, '1');
  }
  expect(buildFiles(folder)).toEqual([
    'app/page.tsx',
    'lib/a/b.ts',
    'next.config.ts',
    'package-lock.json',
    'public/icon.svg',
  ]);
});

test('the fingerprint follows contents and names, and not times', () => {
  put('lib/a.ts', 'one');
  const first = fingerprint(folder);
  utimesSync(path.join(folder, 'lib/a.ts'), 1, 1);
  put('lib/a.test.ts', 'a test');
  expect(fingerprint(folder)).toBe(first);
  put('lib/a.ts', 'two');
  const second = fingerprint(folder);
  expect(second).not.toBe(first);
  rmSync(path.join(folder, 'lib/a.ts'));
  put('lib/b.ts', 'two');
  expect(fingerprint(folder)).not.toBe(second);
});

test('an installation belongs to packages, Node.js and machine', () => {
  const machine = { node: 'v20.19.0', platform: 'linux', arch: 'x64' } as const;
  const key = installKey('{}', machine);
  expect(installKey('{}', { ...machine, node: 'v20.20.2' })).toBe(key);
  expect(installKey('{ }', machine)).not.toBe(key);
  expect(installKey('{}', { ...machine, node: 'v22.0.0' })).not.toBe(key);
  expect(installKey('{}', { ...machine, arch: 'arm64' })).not.toBe(key);
});

test('what was installed by hand counts when it is all there and meant for this system', () => {
  const linux = { platform: 'linux', arch: 'x64' } as const;
  const wanted = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a-darwin': { version: '1.0.0', optional: true, os: ['darwin'] },
    },
  };
  const installed = (more: object) => ({ packages: { 'node_modules/a': { version: '1.0.0' }, ...more } });
  expect(holdsAll(wanted, installed({}), linux)).toBe(true);
  expect(holdsAll(wanted, { packages: {} }, linux)).toBe(false);
  expect(holdsAll(wanted, { packages: { 'node_modules/a': { version: '1.0.1' } } }, linux)).toBe(false);
  const foreign = { 'node_modules/a-darwin': { version: '1.0.0', os: ['darwin'] } };
  expect(holdsAll(wanted, installed(foreign), linux)).toBe(false);
  expect(holdsAll(wanted, installed({ 'node_modules/b': { os: ['!win32'] } }), linux)).toBe(true);
});

test('work under one lock is done one after the other', async () => {
  const file = path.join(folder, 'deep', 'lock');
  const steps: string[] = [];
  // The same process may hold it once only, so the second holder is another one's file.
  const owner = process.ppid;
  put('deep/lock', String(owner));
  const done = withLock(
    file,
    (pid: number) => {
      steps.push(`waits for ${pid}`);
      rmSync(file);
    },
    () => steps.push('works'),
  );
  await done;
  expect(steps).toEqual([`waits for ${owner}`, 'works']);
  expect(() => rmSync(file)).toThrow('ENOENT');
});

test.each([
  ['its process is gone', '4194305', new Date()],
  ['nobody touched it for long', String(process.ppid), new Date(Date.now() - 60_000)],
])('a lock is taken over when %s', async (_, owner, touchedAt) => {
  put('lock', owner);
  utimesSync(path.join(folder, 'lock'), touchedAt, touchedAt);
  const onWait = () => {
    throw new Error('it waited');
  };
  expect(await withLock(path.join(folder, 'lock'), onWait, () => 'done')).toBe('done');
});

test('a lock is let go when the work fails', async () => {
  const failing = () => Promise.reject(new Error('no'));
  await expect(withLock(path.join(folder, 'lock'), () => {}, failing)).rejects.toThrow('no');
  expect(
    await withLock(
      path.join(folder, 'lock'),
      () => {},
      () => 'done',
    ),
  ).toBe('done');
});

test.each([
  ['v20.19.0', false],
  ['v20.20.2', false],
  ['v22.0.0', false],
  ['v20.18.3', true],
  ['v18.20.0', true],
])('Node.js %s is too old: %s', (version, expected) => {
  expect(isTooOld(version, '>=20.19')).toBe(expected);
});

test('an old Node.js is told so in one line', () => {
  expect(() => requireNode('v18.20.0')).toThrow(
    /^Hostbeat needs Node\.js 20\.19 or newer; this is v18\.20\.0\.[^\n]*$/,
  );
});
