import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { diskCollector } from './disk-collector';
import { parseDiskStats } from './disk-stats';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Figures {
  readonly reads?: number;
  readonly readSectors?: number;
  readonly readMs?: number;
  readonly writes?: number;
  readonly writeSectors?: number;
  readonly writeMs?: number;
  readonly busyMs?: number;
}

function line(name: string, figures: Figures = { reads: 1 }): string {
  const {
    reads = 0,
    readSectors = 0,
    readMs = 0,
    writes = 0,
    writeSectors = 0,
    writeMs = 0,
    busyMs = 0,
  } = figures;
  return `   8       0 ${name} ${reads} 0 ${readSectors} ${readMs} ${writes} 0 ${writeSectors} ${writeMs} 0 ${busyMs} 0\n`;
}

function machine() {
  let nowMs = 1_000;
  const write = (path: string, content: string | Uint8Array = '') => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, 'latin1');
  };
  const reading = diskCollector({
    procPath: join(folder, 'proc'),
    sysPath: join(folder, 'sys'),
    clock: clockWith({ monotonicMs: () => nowMs }),
  });
  return {
    stats: (...lines: string[]) => write('proc/diskstats', lines.join('')),
    raw: (content: string | Uint8Array) => write('proc/diskstats', content),
    sys: (path: string, text = '') => write(`sys/block/${path}`, text),
    pass: (ms: number) => {
      nowMs += ms;
    },
    async read() {
      const sample = await reading.collect(signal);
      return diskSchema.parse({ t: 0, host: 'atlas', ...sample }).devices;
    },
    names: async () => (await reading.collect(signal))?.devices.map(({ name }) => name),
  };
}

describe('/proc/diskstats', () => {
  it('has reads, writes and busy time; discards and flushes are neither', () => {
    const text = ' 259       0 nvme0n1 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27\n';
    expect(parseDiskStats(text)?.get('nvme0n1')).toEqual({
      reads: 11,
      readSectors: 13,
      readMs: 14,
      writes: 15,
      writeSectors: 17,
      writeMs: 18,
      busyMs: 20,
    });
  });

  it('leaves out what was never used, and the four figures of old partitions', () => {
    const text = `${line('sda')}${line('sr0', {})}   8       1 sda1 1 2 3 4\n`;
    expect([...(parseDiskStats(text)?.keys() ?? [])]).toEqual(['sda']);
  });

  it('leaves out a line that was cut off, at whichever byte', () => {
    const text = line('sda', { reads: 500, readMs: 70 }) + line('sdb', { writes: 12 });
    const whole = parseDiskStats(text);
    fc.assert(
      fc.property(fc.nat({ max: text.length }), (end) => {
        for (const [name, counters] of parseDiskStats(text.slice(0, end)) ?? []) {
          expect(counters).toEqual(whole?.get(name));
        }
      }),
    );
  });
});

describe('one implausible figure', () => {
  const at = (column: number, figure: string) => {
    const figures = ['100', '1', '800', '50', '10', '1', '80', '5', '0', '1000', '55'];
    figures[column] = figure;
    return `   8       0 sda ${figures.join(' ')}\n`;
  };

  it.each(['-1', '18446744073709551615', 'nan', '1e3', '9'.repeat(30)])(
    'costs its own column alone: %s',
    (figure) => {
      const whole = parseDiskStats(at(8, '0'))?.get('sda');
      for (let column = 0; column < 11; column++) {
        const bad = parseDiskStats(at(column, figure) + line('sdb'));
        expect(bad?.get('sdb')?.reads).toBe(1);
        const known = Object.entries(bad?.get('sda') ?? {}).filter(([, value]) => value !== null);
        expect(known.length).toBeGreaterThanOrEqual(6);
        expect(whole).toMatchObject(Object.fromEntries(known));
      }
    },
  );

  it('of busy time that falls takes nothing but the utilisation', async () => {
    const box = machine();
    box.sys('sda/size');
    box.stats(line('sda', { reads: 10, readSectors: 80, readMs: 10, busyMs: 5_000 }));
    await box.read();
    box.pass(1_000);
    box.stats(line('sda', { reads: 20, readSectors: 160, readMs: 30, busyMs: 12 }));
    expect(await box.read()).toMatchObject([
      {
        readsPerSecond: 10,
        readBytesPerSecond: 40_960,
        readAwaitMs: 2,
        writesPerSecond: 0,
        utilPercent: null,
      },
    ]);
    box.pass(1_000);
    box.stats(line('sda', { reads: 30, readSectors: 160, readMs: 5, busyMs: 112 }));
    expect(await box.read()).toMatchObject([
      { readsPerSecond: 10, readBytesPerSecond: 0, readAwaitMs: null, utilPercent: 10 },
    ]);
  });
});

describe('the disks of a Linux machine', () => {
  it('have await and utilisation as iostat has them', async () => {
    const box = machine();
    box.sys('sda/size');
    const before = { reads: 100, readSectors: 800, readMs: 50, writes: 10, writeSectors: 80, writeMs: 5 };
    box.stats(line('sda', { ...before, busyMs: 1_000 }));
    await box.read();
    box.pass(2_000);
    box.stats(line('sda', { ...before, reads: 140, readSectors: 1_600, readMs: 110, busyMs: 1_500 }));
    expect(await box.read()).toEqual([
      {
        name: 'sda',
        readBytesPerSecond: 204_800,
        writeBytesPerSecond: 0,
        readsPerSecond: 20,
        writesPerSecond: 0,
        readAwaitMs: 1.5,
        writeAwaitMs: null,
        utilPercent: 25,
      },
    ]);
    box.pass(1_000);
    box.stats(line('sda', { ...before, reads: 140, readSectors: 1_600, readMs: 110, busyMs: 2_505 }));
    expect((await box.read())[0]?.utilPercent).toBe(100);
  });

  it('have null in the cycle in which a counter wrapped, or the disk came back', async () => {
    const box = machine();
    for (const disk of ['sda', 'sdb']) box.sys(`${disk}/size`);
    box.stats(line('sda', { reads: 9, busyMs: 4_294_967_295 }), line('sdb', { reads: 5 }));
    await box.read();
    box.pass(1_000);
    box.stats(line('sda', { reads: 19, busyMs: 3 }));
    expect(await box.read()).toMatchObject([{ name: 'sda', readsPerSecond: 10, utilPercent: null }]);
    box.pass(1_000);
    box.stats(line('sda', { reads: 29, busyMs: 503 }), line('sdb', { reads: 5_000 }));
    expect(await box.read()).toMatchObject([
      { name: 'sda', readsPerSecond: 10, utilPercent: 50 },
      { name: 'sdb', readsPerSecond: null, utilPercent: null },
    ]);
  });

  it('are whole devices that are made of no others', async () => {
    const box = machine();
    const whole = ['sda', 'sdb', 'mmcblk0', 'mmcblk0boot0', 'nbd0', 'cciss!c0d0', 'xvda1'];
    for (const name of [...whole, 'dm-0', 'md127', 'bcache0', 'dm-1', 'loop3', 'zram0', 'ram4', 'zd16']) {
      box.sys(`${name}/size`);
    }
    for (const [above, below] of [
      ['dm-0', 'sda2'],
      ['md127', 'sdb1'],
      ['bcache0', 'sdb'],
    ]) {
      box.sys(`${above}/slaves/${below}`);
    }
    box.sys('dm-1/dm/name', 'mpath\\x20a\n');
    const devices = ['sda', 'sda1', 'sda2', 'sdb', 'mmcblk0', 'mmcblk0p1', 'mmcblk0boot0', 'nbd0', 'xvda1'];
    const others = ['cciss/c0d0', 'cciss/c0d0p1', 'dm-0', 'md127', 'bcache0', 'dm-1', 'loop3', 'zram0'];
    box.stats(...[...devices, ...others, 'ram4', 'zd16', '..', '../sda'].map((name) => line(name)));
    expect(await box.names()).toEqual([
      'sda',
      'sdb',
      'mmcblk0',
      'nbd0',
      'xvda1',
      'cciss/c0d0',
      'mpath\\x20a',
    ]);
  });

  it('are recognised by name where sysfs is out of reach', async () => {
    const box = machine();
    const names = [
      'sda',
      'sda1',
      'nvme0n1',
      'nvme0n1p2',
      'dm-0',
      'md0',
      'mmcblk0',
      'mmcblk0p1',
      'vdb',
      'vdb12',
    ];
    box.stats(...names.map((name) => line(name)));
    expect(await box.names()).toEqual(['sda', 'nvme0n1', 'mmcblk0', 'vdb']);
  });

  it('count the paths of an NVMe namespace once', async () => {
    const box = machine();
    for (const name of ['nvme0n1', 'nvme0c0n1', 'nvme0c1n1', 'nvme1n1', 'nvme1c0n1']) box.sys(`${name}/size`);
    box.stats(
      line('nvme0n1'),
      line('nvme0c0n1'),
      line('nvme0c1n1'),
      // Before Linux 6.5 the namespace itself counts nothing.
      line('nvme1n1', {}),
      line('nvme1c0n1'),
    );
    expect(await box.names()).toEqual(['nvme0n1', 'nvme1c0n1']);
  });

  it('are one less once a volume is made of one', async () => {
    const box = machine();
    box.sys('dm-0/size');
    box.stats(line('dm-0'));
    expect(await box.names()).toEqual(['dm-0']);
    box.sys('dm-0/slaves/sda2');
    box.pass(31_000);
    expect(await box.names()).toEqual([]);
  });

  it('are at most 128', async () => {
    const box = machine();
    const names = Array.from({ length: 2_000 }, (_, index) => `disk${index}`);
    for (const name of names) box.sys(`${name}/size`);
    box.stats(...names.map((name) => line(name)));
    expect(await box.names()).toHaveLength(128);
  });

  it('come from sysfs where a kernel has no list', async () => {
    const box = machine();
    const columns = (reads: number) => `  ${reads} 0 ${reads * 8} 5 0 0 0 0 -1 100 100\n`;
    box.sys('sda/stat', columns(100));
    box.sys('cciss!c0d0/stat', columns(5));
    box.sys('loop0/stat', columns(5));
    box.sys('sr0/stat', columns(0));
    box.sys('sdz/stat', 'nonsense\n');
    expect(await box.names()).toEqual(['cciss/c0d0', 'sda']);
    box.pass(1_000);
    box.sys('sda/stat', columns(110));
    expect((await box.read())[1]).toMatchObject({
      name: 'sda',
      readsPerSecond: 10,
      readBytesPerSecond: 40_960,
    });
    box.stats(line('sda', { reads: 120, readSectors: 960, readMs: 5, busyMs: 100 }));
    box.pass(1_000);
    expect(await box.read()).toMatchObject([{ name: 'sda', readsPerSecond: 10 }]);
    rmSync(join(folder, 'proc/diskstats'));
    await expect(box.read()).rejects.toThrow('ENOENT');
  });

  it('are none where there is none', async () => {
    const box = machine();
    box.stats();
    expect(await box.read()).toEqual([]);
  });

  it.each([
    ['missing', null],
    ['of another kind', 'cpu 1 2 3 4\n'],
    ['binary', Uint8Array.from({ length: 5000 }, (_, index) => (index * 37) % 256)],
    ['gigantic', new Uint8Array(5 * 1024 * 1024)],
  ])('reject by name when their list is %s', async (_, content) => {
    const box = machine();
    if (content !== null) box.raw(content);
    await expect(box.read()).rejects.toThrow(join(folder, 'proc/diskstats'));
  });
});
