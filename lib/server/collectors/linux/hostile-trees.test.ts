import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loggedSchemas } from '@/lib/server/ingest/event-schemas';
import { clockWith } from '@/lib/testing/fake-clock';
import { fixturePath, fixtureText, type Machine } from '@/lib/testing/linux/fixture';
import { leastCpuMs } from '../../../../bench/cost.mjs';
import { cpuCollector } from './cpu/cpu-collector';
import { diskCollector } from './disk/disk-collector';
import { openLinuxHost } from './linux-host';
import { networkCollector } from './network/network-collector';
import { processCollector } from './processes/process-collector';

const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function copyOf(name: Machine) {
  cpSync(fixturePath(name, '.'), folder, { recursive: true });
  return { procPath: join(folder, 'proc'), sysPath: join(folder, 'sys') };
}

/** Of a cost that grows with the CPUs it is 16, of one that grows with their square 256. */
const costRatioMax = 64;

it('4,096 CPUs each have their share, and cost no more than their number', async () => {
  const cpus = 4_096;
  const statOf = (cpus: number, busy: number) => {
    const times = (cpu: number) =>
      `${1_000_000 + busy * (cpu % 101)} 0 0 ${9_000_000 + busy * (100 - (cpu % 101))}`;
    const lines = Array.from({ length: cpus }, (_, cpu) => `cpu${cpu} ${times(cpu)} 0 0 0 0 0 0\n`);
    return `cpu  ${1_000 + busy} 0 0 ${9_000 + busy} 0 0 0 0 0 0\n${lines.join('')}intr ${'0 '.repeat(20_000)}\n`;
  };
  const roots = { procPath: folder, sysPath: join(folder, 'sys') };
  writeFileSync(join(folder, 'stat'), statOf(cpus, 0));
  const reading = cpuCollector(roots);
  await reading.collect(signal);
  writeFileSync(join(folder, 'stat'), statOf(cpus, 1));
  const sample = await reading.collect(signal);
  expect(sample?.cores).toHaveLength(cpus);
  expect(sample?.cores.slice(0, 3)).toEqual([0, 1, 2]);
  expect(sample?.cores[4_095]).toBe(4_095 % 101);

  const all = await leastCpuMs(() => reading.collect(signal));
  writeFileSync(join(folder, 'stat'), statOf(cpus / 16, 1));
  const few = cpuCollector(roots);
  await few.collect(signal);
  const some = await leastCpuMs(() => few.collect(signal));
  expect(all / some, JSON.stringify({ all, some })).toBeLessThan(costRatioMax);
});

it('50,000 processes are counted without holding up anything else', async () => {
  const count = 50_000;
  const each = join(folder, 'each');
  mkdirSync(each);
  writeFileSync(join(each, 'stat'), '1 (idler) S 1 1 1 0 -1 64 0 0 0 0 5 0 0 0 20 0 2 0 5 1000 3 0\n');
  const procPath = join(folder, 'proc');
  mkdirSync(procPath);
  for (let pid = 1; pid <= count; pid += 1) symlinkSync(each, join(procPath, String(pid)));
  let turns = 0;
  const heart = setInterval(() => {
    turns += 1;
  }, 1);
  expect(await processCollector({ procPath }).collect(signal)).toMatchObject({ count });
  clearInterval(heart);
  // Others had their turn while it looked.
  expect(turns).toBeGreaterThan(0);
  expect(await processCollector({ procPath, budgetMs: 60_000 }).collect(signal)).toMatchObject({
    count,
    threads: 2 * count,
  });
});

it('what is denied is an error that names it, or no sample', async () => {
  const roots = copyOf('rack-server');
  chmodSync(folder, 0o755);
  const isRoot = process.geteuid?.() === 0;
  for (const entry of readdirSync(roots.procPath, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) chmodSync(join(entry.parentPath, entry.name), 0o000);
  }
  if (isRoot) process.seteuid?.(65534);
  try {
    const { collectors } = openLinuxHost({ name: 'rack', ...roots });
    for (const reading of collectors) {
      const told = await reading.collect(signal).catch((error: Error) => error);
      if (told instanceof Error) expect(told.message).toContain(folder);
      else if (told) loggedSchemas[reading.type].parse({ t: 0, host: 'rack', ...told });
    }
    await expect(cpuCollector(roots).collect(signal)).rejects.toThrow('EACCES');
    await expect(diskCollector(roots).collect(signal)).rejects.toThrow('EACCES');
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

const files = ['diskstats', '1/net/dev', '1/mountinfo', 'pressure/io', 'stat', 'meminfo'] as const;

it.each(files)(
  'whatever is cut off or garbled of %s, no reading says what its schema forbids',
  async (file) => {
    const roots = copyOf('rack-server');
    const path = join(roots.procPath, file);
    const whole = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: whole.length }),
        fc.array(fc.tuple(fc.nat({ max: whole.length }), fc.nat({ max: 255 })), { maxLength: 20 }),
        async (length, garbled) => {
          const text = Buffer.from(whole.subarray(0, length));
          for (const [at, byte] of garbled) if (at < length) text[at] = byte;
          writeFileSync(path, text);
          const { collectors } = openLinuxHost({ name: 'rack', ...roots });
          for (const reading of collectors) {
            for (let times = 0; times < 2; times++) {
              const sample = await reading.collect(signal).catch((error: Error) => {
                expect(error.message).toContain(folder);
                return null;
              });
              if (sample) loggedSchemas[reading.type].parse({ t: 0, host: 'rack', ...sample });
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  },
);

it('of a list that was cut off, every figure is right or not there', async () => {
  const roots = { ...copyOf('rack-server'), clock: clockWith({ monotonicMs: () => nowMs }) };
  let nowMs = 0;
  const expected = JSON.parse(fixtureText('rack-server', 'expected.json'));
  const rates = new Map<string, unknown>(
    [...expected.disk, ...expected.network].map(([name, bytesPerSecond]) => [name, bytesPerSecond]),
  );
  const later = (file: string) => readFileSync(fixturePath('rack-server', `later/${file}`));
  const write = (file: string, text: Uint8Array) => writeFileSync(join(roots.procPath, file), text);
  const disk = { file: 'diskstats', open: diskCollector };
  const network = { file: '1/net/dev', open: networkCollector };
  for (const { file, open } of [disk, network]) {
    const text = later(file);
    for (let length = 0; length < text.length; length += 41) {
      write(file, readFileSync(fixturePath('rack-server', `proc/${file}`)));
      const reading = open(roots);
      await reading.collect(signal);
      nowMs += 1_000;
      write(file, text.subarray(0, length));
      const sample = await reading.collect(signal).catch(() => null);
      if (!sample) continue;
      const rows = 'devices' in sample ? sample.devices : sample.interfaces;
      for (const row of rows) {
        const rate = 'rxBytesPerSecond' in row ? row.rxBytesPerSecond : row.readBytesPerSecond;
        expect([row.name, rate]).toEqual([row.name, rates.get(row.name)]);
      }
    }
  }
});

it('folders in the place of files stop no collector that has none', async () => {
  const roots = copyOf('rack-server');
  for (const file of ['diskstats', '1/net/dev', 'net/dev', '1/mountinfo']) {
    rmSync(join(roots.procPath, file));
    mkdirSync(join(roots.procPath, file));
  }
  const { collectors } = openLinuxHost({ name: 'rack', ...roots });
  const outcomes = await Promise.all(
    collectors.map(({ type, collect }) =>
      collect(signal).then(
        () => [type, 'read'],
        (error: Error) => [type, error.message.includes(folder) ? 'named' : error.message],
      ),
    ),
  );
  expect(Object.fromEntries(outcomes)).toEqual({
    cpu: 'read',
    memory: 'read',
    pressure: 'read',
    network: 'named',
    disk: 'named',
    filesystem: 'named',
    'sensor-data': 'read',
    processes: 'read',
    containers: 'read',
  });
});
