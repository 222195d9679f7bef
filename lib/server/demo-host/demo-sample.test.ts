import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sensorKinds } from '@/lib/protocol/payloads';
import { loggedSchemas } from '@/lib/server/ingest/event-schemas';
import { type DemoSample, demoSampleAt } from './demo-sample';
import { incidentKinds } from './machine-state';
import { openNoise } from './noise';
import { incidentsBetween } from './schedule';

const yearStart = Date.UTC(2026, 0, 1);
const yearMs = 365 * 86_400_000;
const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const moments = fc.integer({ min: yearStart, max: yearStart + yearMs });

/** For 1,000 moments of a year, on as many machines. */
function always(
  check: (sample: DemoSample, seed: number, unixMs: number) => void,
  numRuns = 1_000,
  examples: [seed: number, unixMs: number][] = [],
) {
  fc.assert(
    fc.property(seeds, moments, (seed, unixMs) => check(demoSampleAt(seed, unixMs), seed, unixMs)),
    { numRuns, examples },
  );
}

const sum = (parts: readonly (number | null)[]) => parts.reduce<number>((all, part) => all + (part ?? 0), 0);

function between(value: number | null, low: number, high: number): void {
  expect(value).not.toBeNull();
  expect(value ?? Number.NaN).toBeGreaterThanOrEqual(low);
  expect(value ?? Number.NaN).toBeLessThanOrEqual(high);
}

/** Over the network, and to and from disks. */
function expectBelievableTraffic({ network, disk }: DemoSample): void {
  for (const wire of network.interfaces) {
    between(wire.rxBytesPerSecond, 100, 118e6);
    between(wire.txBytesPerSecond, 100, 118e6);
    between((wire.rxBytesPerSecond ?? 0) / (wire.rxPacketsPerSecond ?? 1), 64, 1_500);
  }
  for (const device of disk.devices) {
    between(device.utilPercent, 0, 99.6);
    between(device.readBytesPerSecond, 0, 2e9);
    if (device.readAwaitMs !== null) between(device.readAwaitMs, 0.02, 80);
  }
}

function expectBelievableSensors(sample: DemoSample): void {
  for (const { kind, value, label } of sample['sensor-data'].sensors) {
    const range = {
      temperature: [4, 80],
      fan: [400, 2_500],
      voltage: [0.6, 12.3],
      power: [7, 130],
      humidity: [15, 99],
      battery: [55, 100],
      custom: [0, 100],
    }[kind];
    expect([label, Number.isFinite(value)]).toEqual([label, true]);
    between(value, range[0] ?? 0, range[1] ?? 0);
  }
}

describe('any time of any machine', () => {
  it('fits the schemas, with no figure missing', () => {
    always((sample, _, unixMs) => {
      for (const [type, payload] of Object.entries(sample)) {
        const event = { t: unixMs, host: 'demo', ...payload };
        const schema = loggedSchemas[type as keyof DemoSample];
        expect(schema.parse(event)).toEqual(event);
      }
      expect(JSON.stringify([sample.cpu, sample.memory, sample.pressure, sample.network])).not.toContain(
        'null',
      );
    });
  });

  it('adds up', () => {
    always(({ cpu, memory, pressure, disk, filesystem, processes, containers }) => {
      const { userPercent, systemPercent, nicePercent, irqPercent, softirqPercent, stealPercent } = cpu;
      const modes = [userPercent, systemPercent, nicePercent, irqPercent, softirqPercent, stealPercent];
      expect(sum(modes)).toBeCloseTo(cpu.totalPercent ?? -1, 5);
      expect(sum([cpu.totalPercent, cpu.iowaitPercent])).toBeLessThanOrEqual(100);
      expect(Math.abs(sum(cpu.cores) / 8 - (cpu.totalPercent ?? 0))).toBeLessThan(0.05);

      expect(sum([memory.usedBytes, memory.availableBytes])).toBe(memory.totalBytes);
      expect(
        sum([memory.freeBytes, memory.cachedBytes, memory.buffersBytes, memory.usedBytes]),
      ).toBeLessThanOrEqual(memory.totalBytes ?? 0);
      expect(memory.swapUsedBytes ?? -1).toBeLessThanOrEqual(memory.swapTotalBytes ?? 0);
      for (const { some, full } of Object.values(pressure).map((stall) => ({
        some: stall.somePercent ?? 0,
        full: stall.fullPercent ?? 0,
      }))) {
        expect(full).toBeLessThanOrEqual(some);
      }
      for (const device of disk.devices) {
        expect(device.readAwaitMs === null).toBe(device.readsPerSecond === 0);
        expect(device.writeAwaitMs === null).toBe(device.writesPerSecond === 0);
      }
      for (const mount of filesystem.mounts) {
        expect(sum([mount.usedBytes, mount.availableBytes])).toBeLessThanOrEqual(mount.sizeBytes ?? 0);
      }

      const { top, count, threads } = processes;
      expect(sum(top.map(({ cpuPercent }) => cpuPercent))).toBeLessThanOrEqual(
        8 * (cpu.totalPercent ?? 0) + 0.2,
      );
      expect(sum(top.map(({ memoryBytes }) => memoryBytes))).toBeLessThan(memory.usedBytes ?? 0);
      expect(new Set(top.map(({ pid }) => pid)).size).toBe(top.length);
      expect(top.length).toBeGreaterThanOrEqual(15);
      expect(top.length).toBeLessThanOrEqual(30);
      expect(threads ?? 0).toBeGreaterThan(count ?? 0);
      for (const container of containers.containers) {
        expect(container.memoryBytes ?? 0).toBeLessThanOrEqual(container.memoryLimitBytes ?? 0);
      }
      expect(new Set(containers.containers.map(({ id }) => id)).size).toBe(containers.containers.length);
    });
  });

  it('is believable', () => {
    always((sample) => {
      const { cpu, memory, filesystem, processes } = sample;
      between(cpu.totalPercent, 2, 99.6);
      for (const core of cpu.cores) between(core, 0, 100);
      for (const load of [cpu.load1, cpu.load5, cpu.load15]) between(load, 0.1, 16);
      between(cpu.frequencyMHz, 800, 4_700);
      between((memory.usedBytes ?? 0) / (memory.totalBytes ?? 1), 0.25, 0.9);
      expectBelievableTraffic(sample);
      expectBelievableSensors(sample);
      const [root] = filesystem.mounts;
      between((root?.usedBytes ?? 0) / (root?.sizeBytes ?? 1), 0.5, 0.93);
      between(processes.count, 180, 300);
      expect(sample.containers.containers.length).toBeGreaterThanOrEqual(12);
    });
  });

  it('names no metric twice', () => {
    const { sensors } = demoSampleAt(7, yearStart)['sensor-data'];
    const names = sensors.map(({ id, kind }) => `${id} ${kind}`);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(sensors.map(({ kind }) => kind)).size).toBe(sensorKinds.length);
  });

  it('is the same for the same seed, and different for another', () => {
    always((sample, seed, unixMs) => {
      demoSampleAt(seed ^ 1, unixMs + 86_400_000);
      expect(demoSampleAt(seed, unixMs)).toEqual(sample);
      expect(demoSampleAt(seed ^ 1, unixMs).cpu).not.toEqual(sample.cpu);
    }, 50);
  });

  it('also at the beginning of Unix time', () => {
    expect(demoSampleAt(7, 0).cpu.cores).toHaveLength(8);
  });
});

/** Whether something begins or ends near a moment: there, figures may jump. */
function isEdge(seed: number, unixMs: number): boolean {
  return incidentsBetween(openNoise(seed), incidentKinds, unixMs - 60_000, unixMs + 60_000)
    .flatMap(({ startMs, endMs, jobs = [], outage, diskFill, powerOutage }) => [
      startMs,
      endMs,
      ...jobs.flatMap((job) => [job.startMs, job.endMs]),
      ...(outage ? [outage.downMs, outage.startedMs] : []),
      ...(diskFill ? [diskFill.fullMs] : []),
      ...(powerOutage ? [powerOutage.endMs] : []),
    ])
    .some((edgeMs) => Math.abs(edgeMs - unixMs) < 8_000);
}

describe('from one second to the next', () => {
  it('figures move, and do not jump', () => {
    let moved = 0;
    let seen = 0;
    const step = (before: number | null, after: number | null) => Math.abs((after ?? 0) - (before ?? 0));
    /** A service that was restarted 45 minutes ago has been leaking since. */
    const restartForgotten: [number, number] = [3_491_221_547, 1_782_089_944_200];
    const check = (before: DemoSample, seed: number, unixMs: number) => {
      if (isEdge(seed, unixMs)) return;
      const after = demoSampleAt(seed, unixMs + 1_000);
      const cpu = step(before.cpu.totalPercent, after.cpu.totalPercent);
      seen += 1;
      if (cpu > 0.02) moved += 1;
      expect(cpu).toBeLessThan(4);
      expect(step(before.cpu.load1, after.cpu.load1)).toBeLessThan(0.3);
      expect(step(before.cpu.load15, after.cpu.load15)).toBeLessThan(0.05);
      before.cpu.cores.forEach((core, nth) => {
        expect(step(core, after.cpu.cores[nth] ?? null)).toBeLessThan(60);
      });
      expect(step(before.memory.usedBytes, after.memory.usedBytes)).toBeLessThan(64 * 2 ** 20);
      for (const [nth, { id, value }] of before['sensor-data'].sensors.entries()) {
        const most = id.startsWith('nct6798.fan') ? 20 : id === 'winter-garden-soil' ? 0.2 : 3;
        expect([id, step(value, after['sensor-data'].sensors[nth]?.value ?? null) < most]).toEqual([
          id,
          true,
        ]);
      }
      before.disk.devices.forEach((device, nth) => {
        expect(step(device.utilPercent, after.disk.devices[nth]?.utilPercent ?? null)).toBeLessThan(8);
      });
      expect(step(before.pressure.io.someAvg10, after.pressure.io.someAvg10)).toBeLessThan(8);
    };
    always(check, 1_000, [restartForgotten]);
    expect(seen).toBeGreaterThan(600);
    expect(moved / seen).toBeGreaterThan(0.6);
  });
});

it('within any quarter of an hour something visible happens', () => {
  fc.assert(
    fc.property(seeds, moments, (seed, from) => {
      const totals = Array.from({ length: 31 }, (_, nth) => {
        return demoSampleAt(seed, from + nth * 30_000).cpu.totalPercent ?? 0;
      });
      expect(Math.max(...totals) - Math.min(...totals)).toBeGreaterThan(8);
    }),
    { numRuns: 60 },
  );
});
