import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SampleType } from '@/lib/protocol/event-types';
import { openHost } from '@/lib/server/open-host';
import { clockWith } from '@/lib/testing/fake-clock';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { openLinuxHost } from './linux-host';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function machine() {
  let nowMs = 0;
  const { passSecond: _, ...roots } = layOutMachine('rack-server', folder);
  const host = openLinuxHost({ name: 'rack', ...roots, clock: clockWith({ monotonicMs: () => nowMs }) });
  const at = (path: string) => join(folder, path);
  return {
    host,
    at,
    remove: (path: string) => rmSync(at(path), { recursive: true }),
    pass: (ms: number) => {
      nowMs += ms;
    },
    read: async (type: SampleType) => host.collectors.find((one) => one.type === type)?.collect(signal),
  };
}

const sources: readonly (readonly [SampleType, readonly string[], string])[] = [
  ['cpu', ['proc/stat'], 'proc/stat'],
  ['memory', ['proc/meminfo'], 'proc/meminfo'],
  ['pressure', ['proc/pressure'], 'proc/pressure/cpu'],
  ['network', ['proc/net', 'proc/1/net', 'sys/class/net'], 'proc/1/net/dev'],
  ['disk', ['proc/diskstats', 'sys/block'], 'proc/diskstats'],
  ['filesystem', ['proc/1/mountinfo'], 'proc/1/mountinfo'],
];

describe.each(sources)('%s without its source', (type, gone, file) => {
  it('is no sample when it never was, picked up when it comes, and a fault when it goes', async () => {
    const box = machine();
    const text = readFileSync(box.at(file));
    for (const path of gone) box.remove(path);
    for (let times = 0; times < 3; times++) expect(await box.read(type)).toBeNull();
    // The others are read all the same.
    for (const other of sources) {
      if (other[0] !== type) await expect(box.read(other[0])).resolves.not.toThrow();
    }
    mkdirSync(dirname(box.at(file)), { recursive: true });
    writeFileSync(box.at(file), text);
    box.pass(1_000);
    // The first sample of the CPU has no time to be of.
    if (type === 'cpu') expect(await box.read(type)).toBeNull();
    else expect(await box.read(type)).not.toBeNull();
    rmSync(box.at(file));
    await expect(box.read(type)).rejects.toThrow('ENOENT');
  });

  it('is a fault when it is there and cannot be read', async () => {
    const box = machine();
    for (const path of gone) box.remove(path);
    mkdirSync(box.at(file), { recursive: true });
    await expect(box.read(type)).rejects.toThrow(folder);
  });
});

it('a machine without sysfs, load, facts or processes has the rest', async () => {
  const box = machine();
  for (const path of ['sys', 'proc/loadavg', 'proc/cpuinfo', 'proc/sys']) box.remove(path);
  for (const { type, collect } of box.host.collectors) {
    const sample = await collect(signal);
    const isAbsent = ['cpu', 'sensor-data', 'containers'].includes(type);
    expect([type, sample === null]).toEqual([type, isAbsent]);
  }
  expect(await box.host.facts()).toMatchObject({
    cpuModel: null,
    kernel: null,
    memoryBytes: expect.any(Number),
  });
});

it('where there is no machine at all, everything that is missing is a fault', async () => {
  const host = openHost({ name: 'x', procPath: join(folder, 'none'), sysPath: folder, platform: 'linux' });
  for (const { type, collect } of host.collectors) {
    if (type === 'sensor-data' || type === 'containers') continue;
    await expect(collect(signal)).rejects.toThrow('ENOENT');
  }
});

describe('a machine whose processes are hidden', () => {
  const statOf = (pid: number) =>
    `${pid} (node) S 1 1 1 0 -1 4194560 10 0 0 0 5 5 0 0 20 0 11 0 1 1000000 300 0\n`;

  function hide(box: ReturnType<typeof machine>, how: 'not listed' | 'closed') {
    box.remove('proc/1');
    if (how === 'closed') mkdirSync(box.at('proc/1'));
    for (const [path, text] of [
      ['proc/4242/stat', statOf(4242)],
      ['proc/self/mountinfo', '20 1 0:60 / / rw - overlay overlay rw\n'],
    ] as const) {
      mkdirSync(dirname(box.at(path)), { recursive: true });
      writeFileSync(box.at(path), text);
    }
    rmSync(box.at('sys/class/net'), { recursive: true });
  }

  it.each(['not listed', 'closed'] as const)(
    '(%s) tells no other in its place, and says why',
    async (how) => {
      const box = machine();
      hide(box, how);
      expect(await box.read('network')).toBeNull();
      expect(await box.read('filesystem')).toBeNull();
      expect(await box.read('processes')).toMatchObject({
        count: how === 'closed' ? expect.any(Number) : null,
        threads: null,
        scope: 'own',
      });
      const notes = box.host.collectors.flatMap(({ note }) => note?.() ?? []);
      expect(notes).toHaveLength(3);
      for (const note of notes) expect(note).toMatch(/process 1 of .*hidepid=0/);
    },
  );

  it('of one that is seen there is nothing to note', async () => {
    const box = machine();
    expect(await box.read('processes')).toMatchObject({ count: expect.any(Number), scope: 'all' });
    await Promise.all([box.read('network'), box.read('filesystem')]);
    expect(box.host.collectors.flatMap(({ note }) => note?.() ?? [])).toEqual([]);
  });
});
