import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HostFacts } from '@/lib/protocol/payloads';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { factsSource } from './facts-source';
import { openLinuxHost } from './linux/linux-host';

const { signal } = new AbortController();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what has changed of a machine is reported once, and what cannot be read is not', async () => {
  const { procPath, sysPath } = layOutMachine('container', folder);
  const host = openLinuxHost({ name: 'web', procPath, sysPath, ownContainer: async () => 'docker' });
  const told: Partial<HostFacts>[] = [];
  const watch = factsSource(host, (changed) => told.push(changed));
  expect(await watch.poll(signal)).toEqual([]);
  await watch.poll(signal);
  expect(told).toEqual([]);
  writeFileSync(join(sysPath, 'fs/cgroup/memory.max'), '2147483648\n');
  await watch.poll(signal);
  await watch.poll(signal);
  expect(told).toEqual([{ memoryBytes: 2_147_483_648 }]);
  rmSync(join(procPath, 'stat'));
  await watch.poll(signal);
  expect(told).toHaveLength(1);
});
