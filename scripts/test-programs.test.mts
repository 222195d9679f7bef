import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTestPrograms } from './test-programs.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'hostbeat-programs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string) => {
  writeFileSync(path.join(folder, name), '');
  chmodSync(path.join(folder, name), 0o755);
};

test('a program that is missing is installed, by its package and once', async () => {
  const asked: string[] = [];
  const { path: found, missing } = await ensureTestPrograms({
    platform: 'linux',
    env: { PATH: folder },
    folders: [folder],
    async install(names) {
      asked.push(...names);
      for (const name of ['vmstat', 'free', 'iostat']) put(name);
    },
    async unpack(name) {
      asked.push(`unpack ${name}`);
      put(name);
    },
  });
  expect(missing).toEqual([]);
  expect(found.split(':')[0]).toBe(folder);
  expect(asked).toEqual(['procps', 'sysstat', 'unpack prometheus-node-exporter']);
});

test('one that cannot be had is named, with what to do', async () => {
  for (const name of ['vmstat', 'free', 'prometheus-node-exporter']) put(name);
  const asked: string[] = [];
  const { missing } = await ensureTestPrograms({
    platform: 'linux',
    env: { PATH: folder },
    folders: [folder],
    install: async (names) => void asked.push(...names),
    unpack: async () => {},
  });
  expect(asked).toEqual(['sysstat']);
  expect(missing).toEqual([
    'iostat is missing and apt-get could not bring it: its tests are skipped; install sysstat by hand',
  ]);
});

test('elsewhere than on Linux nothing is asked for', async () => {
  const never = async () => {
    throw new Error('asked');
  };
  const found = await ensureTestPrograms({
    platform: 'darwin',
    env: { PATH: folder },
    install: never,
    unpack: never,
  });
  expect(found).toEqual({ path: folder, missing: [] });
});
