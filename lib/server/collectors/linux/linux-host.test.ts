import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cpuSchema, memorySchema } from '@/lib/protocol/payloads';
import { openHost } from '@/lib/server/open-host';
import { fixturePath, type Machine } from '@/lib/testing/linux/fixture';
import { cpuCollector } from './cpu/cpu-collector';
import { memoryCollector } from './memory/memory-collector';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A copy of a machine that the test may change, and the way to let a second pass on it. */
function machine(name: Machine) {
  cpSync(fixturePath(name, '.'), folder, { recursive: true });
  const roots = { procPath: join(folder, 'proc'), sysPath: join(folder, 'sys') };
  return { ...roots, passSecond: () => cpSync(join(folder, 'later'), roots.procPath, { recursive: true }) };
}

describe('the CPU of a Linux machine', () => {
  it('is sampled from the second cycle on', async () => {
    const laptop = machine('laptop');
    const cpu = cpuCollector(laptop);
    expect(await cpu.collect(signal)).toBeNull();
    laptop.passSecond();
    const sample = await cpu.collect(signal);
    expect(cpuSchema.parse({ t: 0, host: 'atlas', ...sample })).toEqual({ t: 0, host: 'atlas', ...sample });
    expect(sample).toMatchObject({
      totalPercent: 27,
      cores: [40, 0, 100, 0, 25, 3, 1.01, null],
      load1: 0.52,
      load5: 0.41,
      load15: 0.33,
      runningTasks: 5,
      blockedTasks: 2,
    });
    expect(sample).not.toHaveProperty('idlePercent');
  });

  it('has the mean frequency of its cores soon after', async () => {
    const laptop = machine('laptop');
    const cpu = cpuCollector(laptop);
    await cpu.collect(signal);
    await vi.waitFor(async () => {
      cpSync(fixturePath('laptop', 'proc'), laptop.procPath, { recursive: true });
      await cpu.collect(signal);
      laptop.passSecond();
      expect(await cpu.collect(signal)).toMatchObject({ frequencyMHz: 2000 });
    });
  });

  it('has null for cores that are, were or have just been offline', async () => {
    const pi = machine('hotplug');
    const cpu = cpuCollector(pi);
    await cpu.collect(signal);
    pi.passSecond();
    // cpu1 left, cpu2 came, cpu4 never was, cpu5 started anew in between.
    expect(await cpu.collect(signal)).toMatchObject({
      cores: [30, null, null, 50, null, null],
      frequencyMHz: null,
    });
  });

  it('has no sample in the cycle after its counters were set back, and goes on in the next', async () => {
    const vm = machine('old-vm');
    const cpu = cpuCollector(vm);
    await cpu.collect(signal);
    writeFileSync(join(vm.procPath, 'stat'), 'cpu  10 0 10 100 0 0 0 0\n');
    expect(await cpu.collect(signal)).toBeNull();
    writeFileSync(join(vm.procPath, 'stat'), 'cpu  20 0 10 110 0 0 0 0\n');
    expect(await cpu.collect(signal)).toMatchObject({ totalPercent: 50 });
  });

  it('does without a load average', async () => {
    const vm = machine('old-vm');
    const cpu = cpuCollector(vm);
    await cpu.collect(signal);
    rmSync(join(vm.procPath, 'loadavg'));
    vm.passSecond();
    expect(await cpu.collect(signal)).toMatchObject({
      totalPercent: 55,
      load1: null,
      load5: null,
      load15: null,
    });
  });
});

describe('a hostile tree', () => {
  const garbage = {
    empty: '',
    binary: Uint8Array.from({ length: 5000 }, (_, index) => (index * 37) % 256),
    cut: 'cp',
    huge: new Uint8Array(5 * 1024 * 1024),
  };

  it.each(Object.entries(garbage))('that is %s makes each collector reject by name', async (_, content) => {
    const { procPath, sysPath } = machine('laptop');
    for (const name of ['stat', 'meminfo', 'loadavg']) writeFileSync(join(procPath, name), content);
    await expect(cpuCollector({ procPath, sysPath }).collect(signal)).rejects.toThrow(join(procPath, 'stat'));
    await expect(memoryCollector({ procPath }).collect(signal)).rejects.toThrow(join(procPath, 'meminfo'));
  });

  it('that is missing makes collectors reject, and facts null', async () => {
    const host = openHost({
      name: 'gone',
      procPath: '/nowhere/proc',
      sysPath: '/nowhere/sys',
      platform: 'linux',
    });
    for (const { type, collect } of host.collectors) {
      // A machine may have neither of these.
      if (type === 'sensor-data' || type === 'containers') expect(await collect(signal)).toBeNull();
      else await expect(collect(signal)).rejects.toThrow('ENOENT');
    }
    expect(await host.facts()).toMatchObject({ host: 'gone', kernel: null, cores: null, memoryBytes: null });
  });

  it('that gets well is read again', async () => {
    const laptop = machine('laptop');
    const text = readFileSync(join(laptop.procPath, 'meminfo'));
    rmSync(join(laptop.procPath, 'meminfo'));
    const memory = memoryCollector(laptop);
    await expect(memory.collect(signal)).rejects.toThrow('ENOENT');
    writeFileSync(join(laptop.procPath, 'meminfo'), text);
    const sample = await memory.collect(signal);
    expect(memorySchema.parse({ t: 0, host: 'atlas', ...sample }).usedBytes).toBe(7_160_232 * 1024);
  });
});

describe('facts of another root', () => {
  it.each([
    [
      'laptop',
      'atlas',
      '6.8.0-45-generic',
      'Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz',
      8,
      16_280_572,
      1_790_000_000,
    ],
    [
      'old-vm',
      'vm-17',
      '2.6.32-754.el6.x86_64',
      'QEMU Virtual CPU version 0.12.4',
      2,
      2_097_152,
      1_780_000_000,
    ],
    ['hotplug', 'pi', '6.6.31+rpt-rpi-v8', 'Raspberry Pi 4 Model B Rev 1.2', 4, 3_884_344, 1_785_000_000],
  ] as const)(
    'are those of that machine: %s',
    async (name, hostname, kernel, cpuModel, cores, kibibytes, btime) => {
      const host = openHost({ ...machine(name), platform: 'linux' });
      expect(host.name).toBe(hostname);
      expect(await host.facts()).toMatchObject({
        host: hostname,
        os: 'Linux',
        kernel,
        cpuModel,
        cores,
        memoryBytes: kibibytes * 1024,
        bootTime: btime * 1000,
      });
      expect(host.facts()).toBe(host.facts());
    },
  );

  it('leave the name to the configuration where it has one', () => {
    expect(openHost({ ...machine('laptop'), name: 'mine', platform: 'linux' }).name).toBe('mine');
  });
});
