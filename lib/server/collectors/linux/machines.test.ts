import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskSchema, filesystemSchema, networkSchema, pressureSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { fixturePath } from '@/lib/testing/linux/fixture';
import { diskCollector } from './disk/disk-collector';
import { filesystemCollector } from './filesystem/filesystem-collector';
import { networkCollector } from './network/network-collector';
import { pressureCollector } from './pressure/pressure-collector';

const { signal } = new AbortController();
const stamp = { t: 0, host: 'atlas' };

type Figure = number | null;
interface Expected {
  readonly pressure: object;
  /** Name, then received and sent in turn: bytes, packets, errors and drops; up. */
  readonly network: readonly [
    string,
    Figure,
    Figure,
    Figure,
    Figure,
    Figure,
    Figure,
    Figure,
    Figure,
    boolean,
  ][];
  /** Name, bytes read and written, reads and writes, their awaits, utilisation. */
  readonly disk: readonly [string, Figure, Figure, Figure, Figure, Figure, Figure, Figure][];
  /** Mount, device, type, read-only. */
  readonly filesystem: readonly [string, string, string, boolean][];
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(['rack-server', 'lvm-host'] as const)('%s', (name) => {
  function machine() {
    cpSync(fixturePath(name, '.'), folder, { recursive: true });
    let nowMs = 5_000;
    return {
      procPath: join(folder, 'proc'),
      sysPath: join(folder, 'sys'),
      clock: clockWith({ monotonicMs: () => nowMs }),
      passSecond() {
        cpSync(join(folder, 'later'), join(folder, 'proc'), { recursive: true });
        nowMs += 1_000;
      },
    };
  }
  const expected: Expected = JSON.parse(readFileSync(fixturePath(name, 'expected.json'), 'utf8'));

  it('has its pressure, averages at once and shares from the second cycle on', async () => {
    const box = machine();
    const reading = pressureCollector(box);
    expect(await reading.collect(signal)).toMatchObject({
      cpu: { someAvg10: expect.any(Number), somePercent: null },
      io: { someAvg10: expect.any(Number), fullPercent: null },
    });
    box.passSecond();
    const sample = await reading.collect(signal);
    expect(pressureSchema.parse({ ...stamp, ...sample })).toEqual({ ...stamp, ...expected.pressure });
  });

  it('has its network', async () => {
    const box = machine();
    const reading = networkCollector(box);
    const first = await reading.collect(signal);
    expect(first?.interfaces.every((row) => row.rxBytesPerSecond === null)).toBe(true);
    box.passSecond();
    const sample = networkSchema.parse({ ...stamp, ...(await reading.collect(signal)) });
    expect(
      sample.interfaces.map((row) => [
        row.name,
        row.rxBytesPerSecond,
        row.txBytesPerSecond,
        row.rxPacketsPerSecond,
        row.txPacketsPerSecond,
        row.rxErrorsPerSecond,
        row.txErrorsPerSecond,
        row.rxDropsPerSecond,
        row.txDropsPerSecond,
        row.up,
      ]),
    ).toEqual(expected.network);
  });

  it('has its disks', async () => {
    const box = machine();
    const reading = diskCollector(box);
    const first = await reading.collect(signal);
    expect(first?.devices.map((row) => row.name)).toEqual(expected.disk.map(([disk]) => disk));
    expect(first?.devices.every((row) => row.utilPercent === null && row.readAwaitMs === null)).toBe(true);
    box.passSecond();
    const sample = diskSchema.parse({ ...stamp, ...(await reading.collect(signal)) });
    expect(
      sample.devices.map((row) => [
        row.name,
        row.readBytesPerSecond,
        row.writeBytesPerSecond,
        row.readsPerSecond,
        row.writesPerSecond,
        row.readAwaitMs,
        row.writeAwaitMs,
        row.utilPercent,
      ]),
    ).toEqual(expected.disk);
  });

  it('has its file systems, and their space where its / is mounted', async () => {
    const box = machine();
    const asked: string[] = [];
    const space = { sizeBytes: 100, usedBytes: 40, availableBytes: 50, inodesUsedPercent: 3 };
    const ask = async (path: Buffer) => {
      asked.push(path.toString());
      return space;
    };
    const there = filesystemCollector({ ...box, rootfsPath: '/host', ask });
    const sample = filesystemSchema.parse({ ...stamp, ...(await there.collect(signal)) });
    expect(sample.mounts.map((row) => [row.mount, row.device, row.type, row.readOnly])).toEqual(
      expected.filesystem,
    );
    expect(sample.mounts.every((row) => row.usedBytes === 40)).toBe(true);
    expect(asked.sort()).toEqual(expected.filesystem.map(([mount]) => `/host${mount}`).sort());

    const nowhere = await filesystemCollector({ ...box, ask }).collect(signal);
    expect(nowhere?.mounts).toHaveLength(expected.filesystem.length);
    expect(nowhere?.mounts.every((row) => row.sizeBytes === null && row.inodesUsedPercent === null)).toBe(
      true,
    );
  });
});
