import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { SampleType } from '@/lib/protocol/event-types';
import { cpuSchema, filesystemSchema, memorySchema, networkSchema } from '@/lib/protocol/payloads';
import { openHost } from '@/lib/server/open-host';
import type { Collector, CollectorOf, Host, Sample } from '../host';

const { signal } = new AbortController();
const roots = { name: 'here', procPath: '/proc', sysPath: '/sys' };

/** Points of 100. The two look a few ms apart, and systeminformation leaves out iowait and softirq. */
const tolerancePercent = 10;
const burnMs = 800;

describe('a portable host', () => {
  it.each(['darwin', 'win32', 'freebsd'] as const)('speaks the vocabulary, as if on %s', async (platform) => {
    const host = openHost({ ...roots, platform });
    const memory = await memoryOf(host);
    expect(memorySchema.parse({ t: 0, host: 'here', ...memory })).toEqual({ t: 0, host: 'here', ...memory });
    expect(await host.facts()).toMatchObject({ host: 'here' });
  });

  it('has null for what a platform does not provide', async () => {
    const windows = openHost({ ...roots, platform: 'win32' });
    expect(await cpuOf(windows)).toBeNull();
    expect(await cpuOf(windows)).toMatchObject({
      iowaitPercent: null,
      stealPercent: null,
      load1: null,
    });
    expect(await memoryOf(windows)).toMatchObject({ cachedBytes: null, buffersBytes: null });
  });
});

describe('collectors with a period of their own', () => {
  it('is the network, without packets, and for macOS without the drops of the way out', async () => {
    const mac = openHost({ ...roots, platform: 'darwin' });
    const first = await sampleOf(mac, 'network');
    expect(first.interfaces.every(({ rxBytesPerSecond }) => rxBytesPerSecond === null)).toBe(true);
    // systeminformation answers from its memory within 500 ms.
    await passMs(600);
    const second = await sampleOf(mac, 'network');
    expect(networkSchema.parse({ t: 0, host: 'here', ...second }).interfaces).toEqual(second.interfaces);
    for (const row of second.interfaces) {
      expect(row).toMatchObject({ rxPacketsPerSecond: null, txDropsPerSecond: null });
      expect(row.rxBytesPerSecond).toBeGreaterThanOrEqual(0);
      expect(row.name).not.toMatch(/^lo/);
    }
  });

  it('is the disks, on macOS alone', () => {
    const types = (platform: NodeJS.Platform) =>
      openHost({ ...roots, platform }).collectors.map(({ type }) => type);
    expect(types('darwin')).toContain('disk');
    expect(types('win32')).not.toContain('disk');
  });

  it('is the file systems', async () => {
    const sample = await sampleOf(openHost({ ...roots, platform: 'win32' }), 'filesystem');
    expect(filesystemSchema.parse({ t: 0, host: 'here', ...sample }).mounts).toEqual(sample.mounts);
    expect(sample.mounts.map(({ mount }) => mount)).toContain('/');
  });
});

describe.runIf(process.platform === 'linux')(
  'this machine, read from procfs and asked of systeminformation',
  () => {
    const linux = openHost({ ...roots, platform: 'linux' });
    const portable = openHost({ ...roots, platform: 'freebsd' });

    it('has the same memory', async () => {
      // Other programs may come and go between the two looks.
      await vi.waitFor(async () => {
        const [ours, theirs] = await Promise.all([memoryOf(linux), memoryOf(portable)]);
        expect(ours?.totalBytes).toBe(theirs?.totalBytes);
        const apart = Math.abs((ours?.usedBytes ?? Number.NaN) - (theirs?.usedBytes ?? Number.NaN));
        expect(apart / (ours?.usedBytes ?? Number.NaN)).toBeLessThan(0.05);
        expect(ours?.swapTotalBytes).toBe(theirs?.swapTotalBytes);
      });
    });

    it('is as busy', async () => {
      // On a busy machine the two looks may be far apart, once.
      await vi.waitFor(async () => {
        await Promise.all([cpuOf(linux), cpuOf(portable)]);
        // systeminformation takes its first look in the next turn.
        await turn();
        for (const end = performance.now() + burnMs; performance.now() < end; );
        const [ours, theirs] = await Promise.all([cpuOf(linux), cpuOf(portable)]);
        expect(cpuSchema.parse({ t: 0, host: 'here', ...theirs })).toEqual({ t: 0, host: 'here', ...theirs });
        expect(ours?.cores).toHaveLength(theirs?.cores.length ?? 0);
        const apart = Math.abs((ours?.totalPercent ?? Number.NaN) - (theirs?.totalPercent ?? Number.NaN));
        expect(apart).toBeLessThan(tolerancePercent);
        // One core was kept busy, by a user's process.
        const busiest = Math.max(...(ours?.cores ?? []).map((core) => core ?? 0));
        expect(busiest).toBeGreaterThan(50);
      });
    });
  },
);

const passMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function sampleOf<T extends SampleType>(host: Host, type: T): Promise<Sample<T>> {
  const reading = host.collectors.find(
    (candidate): candidate is CollectorOf<T> & Collector => candidate.type === type,
  );
  const sample = await reading?.collect(signal);
  if (!sample) throw new Error(`there is no sample of ${type}`);
  return sample;
}

const cpuOf = async (host: Host) =>
  (await host.collectors.find((reading) => reading.type === 'cpu')?.collect(signal)) ?? null;
const memoryOf = async (host: Host) =>
  (await host.collectors.find((reading) => reading.type === 'memory')?.collect(signal)) ?? null;
