import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cpuSchema, hostFactsSchema, memorySchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { fixturePath } from '@/lib/testing/linux/fixture';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { layOut } from '@/lib/testing/linux/fixture-tree';
import { openLinuxHost } from '../linux-host';
import { containerCpuCollector, countCpus, cpuCapacity } from './container-cpu';
import { containerMemory, containerMemoryCollector } from './container-memory';
import { findOwnCgroup, type OwnCgroup, parseCpuMax } from './own-cgroup';

const { signal } = new AbortController();
const stamp = { t: 0, host: 'atlas' };
const id = '3f9ab2c41d5e60718293a4b5c6d7e8f90112233445566778899aabbccddeeff0';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function container() {
  const machine = layOutMachine('container', folder);
  const cgroup = findOwnCgroup(machine.procPath, machine.sysPath);
  if (!cgroup) throw new Error('no cgroup');
  const write = (file: string, text: string) => writeFileSync(join(machine.sysPath, 'fs/cgroup', file), text);
  return { ...machine, cgroup, write };
}

describe('a container with limits', () => {
  it('has the CPU that it used, of what it may use', async () => {
    const { sysPath, cgroup, passSecond } = container();
    let nowMs = 0;
    const cpu = containerCpuCollector({ sysPath, cgroup, clock: clockWith({ monotonicMs: () => nowMs }) });
    expect(await cpu.collect(signal)).toBeNull();
    passSecond();
    nowMs += 1_000;
    const sample = await cpu.collect(signal);
    expect(cpuSchema.parse({ ...stamp, ...sample })).toEqual({ ...stamp, ...sample });
    expect(sample).toMatchObject({
      totalPercent: 50,
      userPercent: 40,
      systemPercent: 10,
      stealPercent: null,
      cores: [],
      load1: null,
    });
  });

  it('uses no more than all of it, and no time that ran backwards', async () => {
    const { sysPath, cgroup, write } = container();
    let nowMs = 0;
    const cpu = containerCpuCollector({ sysPath, cgroup, clock: clockWith({ monotonicMs: () => nowMs }) });
    await cpu.collect(signal);
    nowMs += 1_000;
    write('cpu.stat', 'usage_usec 11700000\nuser_usec 6000000\n');
    expect(await cpu.collect(signal)).toMatchObject({
      totalPercent: 100,
      userPercent: null,
      systemPercent: null,
    });
    nowMs += 1_000;
    write('cpu.stat', 'usage_usec 5\n');
    expect(await cpu.collect(signal)).toBeNull();
    write('cpu.stat', '');
    await expect(cpu.collect(signal)).rejects.toThrow(join(sysPath, 'fs/cgroup/cpu.stat'));
  });

  it('has the memory of its limit, without the cache that goes first', async () => {
    const { procPath, cgroup, write } = container();
    const memory = containerMemoryCollector(procPath, cgroup);
    const sample = await memory.collect(signal);
    expect(memorySchema.parse({ ...stamp, ...sample })).toEqual({ ...stamp, ...sample });
    expect(sample).toEqual({
      totalBytes: 1_073_741_824,
      usedBytes: 500_000_000,
      availableBytes: 573_741_824,
      freeBytes: 373_741_824,
      cachedBytes: 250_000_000,
      buffersBytes: null,
      swapTotalBytes: 0,
      swapUsedBytes: 0,
    });
    write('memory.max', '2147483648\n');
    expect(await memory.collect(signal)).toMatchObject({ totalBytes: 2_147_483_648 });
  });

  it('has its own pressure, and without one, not the machine’s', async () => {
    const { procPath, sysPath, write } = container();
    const pressureOf = (name: string) => {
      const host = openLinuxHost({ name, procPath, sysPath, ownContainer: async () => 'docker' });
      return host.collectors.find(({ type }) => type === 'pressure');
    };
    for (const resource of ['cpu', 'memory', 'io']) write(`${resource}.pressure`, '');
    expect(await pressureOf('silent')?.collect(signal)).toBeNull();
    write('cpu.pressure', 'some avg10=12.50 avg60=0.00 avg300=0.00 total=1000000\n');
    expect(await pressureOf('web')?.collect(signal)).toMatchObject({
      cpu: { someAvg10: 12.5, fullAvg10: null, somePercent: null },
      memory: { someAvg10: null },
      io: { someAvg10: null },
    });
  });

  it('is named in its facts, and reads itself', async () => {
    const { procPath, sysPath, passSecond } = container();
    const host = openLinuxHost({ name: 'web', procPath, sysPath, ownContainer: async () => 'docker' });
    const facts = await host.facts();
    expect(hostFactsSchema.parse(facts)).toEqual(facts);
    expect(facts).toMatchObject({ scope: 'container', cores: 2, memoryBytes: 1_073_741_824 });
    expect(await host.factsAtOnce()).toMatchObject({ scope: 'container' });
    const readingOf = (type: string) => host.collectors.find((reading) => reading.type === type);
    expect(await readingOf('memory')?.collect(signal)).toMatchObject({ totalBytes: 1_073_741_824 });
    await readingOf('cpu')?.collect(signal);
    passSecond();
    expect(await readingOf('cpu')?.collect(signal)).toMatchObject({ cores: [] });
  });
});

describe('the machine’s own figures are sampled', () => {
  const hostIn = (roots: { procPath: string; sysPath: string }, kind: string | null) =>
    openLinuxHost({ name: 'web', ...roots, ownContainer: async () => kind });

  it.each([
    ['in a container without limits', 'docker', { 'cpu.max': 'max 100000\n', 'memory.max': 'max\n' }],
    ['outside of one', null, {}],
    ['without cgroup v2', 'docker', { 'cgroup.controllers': null }],
  ] as const)('%s', async (_, kind, changes) => {
    const { procPath, sysPath } = container();
    for (const [file, text] of Object.entries(changes)) {
      const path = join(sysPath, 'fs/cgroup', file);
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
    const host = hostIn({ procPath, sysPath }, kind);
    expect(await host.facts()).toMatchObject({ scope: 'host', cores: 8, memoryBytes: 65_536_000 * 1024 });
    const memory = host.collectors.find(({ type }) => type === 'memory');
    expect(await memory?.collect(signal)).toMatchObject({ totalBytes: 65_536_000 * 1024 });
  });

  it('where another’s procfs is mounted, whatever Hostbeat runs in', async () => {
    cpSync(fixturePath('laptop', '.'), folder, { recursive: true });
    const host = openLinuxHost({
      name: 'atlas',
      procPath: join(folder, 'proc'),
      sysPath: join(folder, 'sys'),
    });
    expect(await host.facts()).toMatchObject({ scope: 'host', cores: 8 });
  });
});

describe('the cgroup of a container', () => {
  const tree = (ownPath: string, ...lines: readonly string[]) => {
    layOut(`self\n  cgroup: 0::${ownPath}`, join(folder, 'proc'));
    layOut(lines.join('\n'), join(folder, 'sys'));
    return findOwnCgroup(join(folder, 'proc'), join(folder, 'sys'));
  };
  const limits = (cgroup: OwnCgroup | null) => [cgroup?.memoryLimitBytes(), cgroup?.cpuLimit()];
  const root = ['fs/cgroup', '  cgroup.controllers: cpu memory'];

  it('is that of the namespace, for a service within it too', () => {
    const cgroup = tree(
      '/system.slice/hostbeat.service',
      ...root,
      '  cgroup.type: domain',
      '  memory.max: 4096',
      '  cpu.max: max 100000',
      'fs/cgroup/system.slice/hostbeat.service',
      '  cgroup.controllers: cpu memory',
      '  memory.max: 1024',
    );
    expect(cgroup?.path).toBe(join(folder, 'sys/fs/cgroup'));
    expect(limits(cgroup)).toEqual([4096, null]);
  });

  it('is by its name in the machine’s whole tree, with the limits of the pod around it', () => {
    const cgroup = tree(
      `/kubepods.slice/pod1.slice/cri-containerd-${id}.scope/app`,
      ...root,
      'fs/cgroup/kubepods.slice/pod1.slice',
      '  cgroup.controllers: cpu memory',
      '  memory.max: 8192',
      '  cpu.max: 50000 100000',
      `fs/cgroup/kubepods.slice/pod1.slice/cri-containerd-${id}.scope`,
      '  cgroup.controllers: cpu memory',
      '  memory.max: max',
      '  cpu.max: 200000 100000',
      `fs/cgroup/kubepods.slice/pod1.slice/cri-containerd-${id}.scope/app`,
      '  cgroup.controllers: cpu memory',
      '  memory.max: 1024',
    );
    expect(cgroup?.path).toMatch(new RegExp(`${id}\\.scope$`));
    expect(limits(cgroup)).toEqual([8192, 0.5]);
  });

  it.each([`/system.slice/docker-${id}.scope`, '/../..'])(
    'is what is mounted where the machine’s path %s is not to be seen',
    (path) => {
      const cgroup = tree(path, ...root, '  cgroup.type: domain', '  memory.max: 4096');
      expect(cgroup?.path).toBe(join(folder, 'sys/fs/cgroup'));
      expect(limits(cgroup)).toEqual([4096, null]);
    },
  );

  it.each(['', 'max\n', '0 100000\n', '100000\n', '100000 0\n', '-1 100000\n', '\0\xff'])(
    'has no limit of CPU in %j',
    (text) => expect(parseCpuMax(text)).toBeNull(),
  );
});

it('the CPUs of a list are counted', () => {
  expect(['0-3,7', '0', '0-7', '', 'x', '3-1', '0-99999999', '0-1,,5'].map(countCpus)).toEqual([
    5, 1, 8, 0, 0, 0, 0, 3,
  ]);
});

it('what may be used of them is the least of quota, set and machine', () => {
  layOut('fs/cgroup\n  cpuset.cpus.effective: 2-3\ndevices/system/cpu\n  online: 0-7', folder);
  const cgroup = (cpuLimit: number | null): OwnCgroup => ({
    path: join(folder, 'fs/cgroup'),
    cpuLimit: () => cpuLimit,
    memoryLimitBytes: () => null,
  });
  expect(cpuCapacity(folder, cgroup(1.5))).toBe(1.5);
  expect(cpuCapacity(folder, cgroup(4))).toBe(2);
  expect(cpuCapacity('/nowhere', { ...cgroup(null), path: '/nowhere' })).toBeNull();
});

it('without a limit of its own a container’s memory is out of the machine’s', () => {
  const files = { current: '500\n', stat: 'inactive_file 100\n', swapMax: 'max\n', swapCurrent: '' };
  expect(containerMemory(files, null, null)).toMatchObject({ totalBytes: null, usedBytes: 400 });
  expect(containerMemory({ ...files, current: 'x' }, 1000, null)).toBeNull();
});
