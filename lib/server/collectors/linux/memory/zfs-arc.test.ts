import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openLinuxHost } from '../linux-host';
import { memoryCollector } from './memory-collector';
import { parseArcStats } from './zfs-arc';

const { signal } = new AbortController();
const KiB = 1024;
const meminfo = `MemTotal:       32700000 kB
MemFree:          500000 kB
MemAvailable:    1200000 kB
Buffers:          100000 kB
Cached:           900000 kB
Shmem:             35000 kB
SReclaimable:     100000 kB
SwapTotal:      16000000 kB
SwapFree:       16000000 kB
`;
const arcstats = (size: number | string, min: number | string = 1_046_400_000) =>
  `13 1 0x01 123 33456 4000000000 9000000000
name                            type data
c                               4    26843545600
c_min                           4    ${min}
size                            4    ${size}
hdr_size                        4    1000
`;

let folder: string;
let nowMs = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  write('proc/meminfo', meminfo);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const writeArc = (text: string) => write('proc/spl/kstat/zfs/arcstats', text);
const open = () =>
  memoryCollector({ procPath: join(folder, 'proc'), clock: clockWith({ monotonicMs: () => nowMs }) });

describe("ZFS's cache", () => {
  it('is available but for its minimum, and shown as cache', async () => {
    writeArc(arcstats(25_769_803_776));
    const droppable = 25_769_803_776 - 1_046_400_000;
    expect(await open().collect(signal)).toEqual({
      totalBytes: 32_700_000 * KiB,
      usedBytes: 31_500_000 * KiB - droppable,
      availableBytes: 1_200_000 * KiB + droppable,
      freeBytes: 500_000 * KiB,
      cachedBytes: 965_000 * KiB + droppable,
      buffersBytes: 100_000 * KiB,
      swapTotalBytes: 16_000_000 * KiB,
      swapUsedBytes: 0,
    });
  });

  it('takes nothing off below its minimum, and never more than is used', async () => {
    writeArc(arcstats(1_000_000_000));
    expect(await open().collect(signal)).toMatchObject({ usedBytes: 31_500_000 * KiB });
    writeArc(arcstats(33_000_000_000, 0));
    expect(await open().collect(signal)).toMatchObject({ usedBytes: 0, availableBytes: 32_700_000 * KiB });
  });

  it.each([
    ['empty', ''],
    ['binary', '\0\xff size'],
    ['below nothing', arcstats(-25_769_803_776)],
    ['all ones', arcstats('18446744073709551615')],
    ["another machine's: larger than the memory", arcstats(64 * 1024 ** 3)],
  ])('takes nothing off when its figures are %s', async (_, text) => {
    writeArc(text);
    expect(await open().collect(signal)).toMatchObject({ usedBytes: 31_500_000 * KiB });
  });

  it('is found once ZFS is loaded, and gone once it is unloaded', async () => {
    const reading = open();
    expect(await reading.collect(signal)).toMatchObject({ usedBytes: 31_500_000 * KiB });
    writeArc(arcstats(25_769_803_776));
    nowMs += 31_000;
    expect((await reading.collect(signal))?.usedBytes).toBeLessThan(8_000_000 * KiB);
    rmSync(join(folder, 'proc/spl'), { recursive: true });
    expect(await reading.collect(signal)).toMatchObject({ usedBytes: 31_500_000 * KiB });
  });

  it('is not in a container whose meminfo is its own', async () => {
    writeArc(arcstats(25_769_803_776));
    const lxcfs = '50 1 0:44 /proc/meminfo /proc/meminfo rw,nosuid - fuse.lxcfs lxcfs rw\n';
    write('proc/self/mountinfo', `20 1 8:1 / / rw - ext4 /dev/sda1 rw\n${lxcfs}`);
    expect(await open().collect(signal)).toMatchObject({ usedBytes: 31_500_000 * KiB });
  });

  it("is not in a container's own memory, and in the machine's where the container has no limit", async () => {
    writeArc(arcstats(25_769_803_776));
    write('sys/fs/cgroup/cgroup.controllers', 'cpu memory\n');
    write('sys/fs/cgroup/cgroup.type', 'domain\n');
    write('sys/fs/cgroup/cpu.max', '200000 100000\n');
    write('sys/fs/cgroup/memory.max', `${4_000_000 * KiB}\n`);
    write('sys/fs/cgroup/memory.current', `${3_000_000 * KiB}\n`);
    write('sys/fs/cgroup/memory.stat', `file ${900_000 * KiB}\ninactive_file ${600_000 * KiB}\n`);
    const memory = () => {
      const roots = { procPath: join(folder, 'proc'), sysPath: join(folder, 'sys') };
      const host = openLinuxHost({ name: 'box', ...roots, ownContainer: async () => 'docker' });
      const reading = host.collectors.find(({ type }) => type === 'memory');
      return reading?.collect(signal).finally(() => host.close?.());
    };
    expect(await memory()).toMatchObject({ totalBytes: 4_000_000 * KiB, usedBytes: 2_400_000 * KiB });
    for (const file of ['memory.max', 'memory.current', 'memory.stat']) {
      rmSync(join(folder, 'sys/fs/cgroup', file));
    }
    expect(await memory()).toMatchObject({ usedBytes: 31_500_000 * KiB - (25_769_803_776 - 1_046_400_000) });
  });

  it('is read from its kstat, whatever other rows begin like', () => {
    const text = 'name type data\nuncached_size 4 5\nsize 4 7\nc_min 4 3\nc_min_x 4 9\n';
    expect(parseArcStats(text)).toEqual({ sizeBytes: 7, minBytes: 3 });
    expect(parseArcStats('size 4 7')).toBeNull();
  });
});
