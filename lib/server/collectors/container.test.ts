import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findContainer } from './container';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

it.each([
  ['.dockerenv', '', 'docker'],
  ['run/.containerenv', 'engine="podman-4.9.3"\n', 'podman'],
  ['run/secrets/kubernetes.io/serviceaccount/token', '', 'kubernetes'],
  ['run/systemd/container', 'systemd-nspawn\n', 'systemd-nspawn'],
  ['proc/1/environ', 'PATH=/bin\0container=lxc\0TERM=linux\0', 'lxc'],
  ['proc/1/cgroup', '4:memory:/docker/3f9ab2\n', 'docker'],
  ['proc/1/cgroup', '0::/kubepods.slice/kubepods-burstable.slice/cri-containerd-1.scope\n', 'kubernetes'],
  ['proc/1/cgroup', '0::/lxc.payload.web\n', 'lxc'],
])('knows a container by %s %j', async (path, text, kind) => {
  write(path, text);
  expect(await findContainer(root)).toBe(kind);
});

it.each([
  ['proc/1/cgroup', '0::/init.scope\n'],
  ['proc/1/cgroup', '0::/\n'],
  ['proc/1/environ', 'PATH=/bin\0'],
  ['proc/1/environ', 'container=\x1b[31m\0'],
])('is null outside one: %s %j', async (path, text) => {
  write(path, text);
  expect(await findContainer(root)).toBeNull();
});
