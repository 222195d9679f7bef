import { describe, expect, it } from 'vitest';
import { type DemoSample, demoSampleAt } from './demo-sample';
import { incidentKinds, machineStateAt } from './machine-state';
import { openNoise } from './noise';
import { routineJob } from './routine-jobs';
import { incidentsBetween } from './schedule';

const yearStart = Date.UTC(2026, 0, 1);
const yearMs = 365 * 86_400_000;

const sensor = (sample: DemoSample, id: string) =>
  sample['sensor-data'].sensors.find((candidate) => candidate.id === id)?.value ?? Number.NaN;

describe('cause and effect', () => {
  /** The first incident of a kind with no routine job around, a moment before it, and its middle. */
  function first(kind: string) {
    const noise = openNoise(7);
    const busy = incidentsBetween(noise, [routineJob], yearStart, yearStart + yearMs);
    const incident = incidentsBetween(noise, incidentKinds, yearStart, yearStart + yearMs).find(
      ({ kind: found, startMs }) =>
        found === kind &&
        !busy.some((other) => other.endMs > startMs - 60_000 && other.startMs < startMs + 301_000),
    );
    if (!incident) throw new Error(`there is no ${kind}`);
    const middle = (incident.startMs + incident.endMs) / 2;
    return { incident, before: demoSampleAt(7, incident.startMs - 5_000), during: demoSampleAt(7, middle) };
  }

  it('a runaway heats the chip, drives the fan and is the top consumer', () => {
    const { before, incident } = first('runaway');
    const during = demoSampleAt(7, incident.startMs + 300_000);
    const [top] = during.processes.top;
    expect([top?.name, Math.round(top?.cpuPercent ?? 0)]).toEqual([incident.jobs?.[0]?.name, 99]);
    expect(Math.max(...during.cpu.cores.map((core) => core ?? 0))).toBeGreaterThan(95);
    expect(during.cpu.totalPercent ?? 0).toBeGreaterThan((before.cpu.totalPercent ?? 0) + 8);
    expect(sensor(during, 'coretemp.temp1')).toBeGreaterThan(sensor(before, 'coretemp.temp1') + 2);
    expect(sensor(during, 'nct6798.fan1')).toBeGreaterThan(sensor(before, 'nct6798.fan1') + 20);
    expect(sensor(during, 'rapl.package-0')).toBeGreaterThan(sensor(before, 'rapl.package-0') + 4);
  });

  it('heat comes after load, and stays after it', () => {
    const { incident } = first('runaway');
    const heatAfter = (ms: number) => sensor(demoSampleAt(7, incident.startMs + ms), 'coretemp.temp1');
    expect(heatAfter(5_000)).toBeLessThan(heatAfter(300_000) - 1);
  });

  it('the backup fills the network and the disks, and tasks wait for them', () => {
    const { before, during } = first('backup');
    expect(during.network.interfaces[0]?.txBytesPerSecond ?? 0).toBeGreaterThan(60e6);
    const [, busy] = during.disk.devices;
    const [, calm] = before.disk.devices;
    expect(busy?.utilPercent ?? 0).toBeGreaterThan(40);
    expect(busy?.readAwaitMs ?? 0).toBeGreaterThan(1.3 * (calm?.readAwaitMs ?? 99));
    expect(during.pressure.io.someAvg10 ?? 0).toBeGreaterThan((before.pressure.io.someAvg10 ?? 0) + 10);
    expect(during.cpu.iowaitPercent ?? 0).toBeGreaterThan(2);
    expect(during.processes.top.map(({ name }) => name)).toContain('restic');
  });

  it('a leak shows in process, container and memory alike, squeezes, and ends in a restart', () => {
    const { incident, before } = first('leak');
    const { service, endMs } = incident.leak ?? { service: '', endMs: 0 };
    const last = demoSampleAt(7, endMs - 20_000);
    const gone = demoSampleAt(7, endMs + 5_000);
    const after = demoSampleAt(7, endMs + 900_000);
    const held = (sample: DemoSample) => sample.containers.containers.find(({ name }) => name === service);
    const grown = (held(last)?.memoryBytes ?? 0) - (held(before)?.memoryBytes ?? 0);
    expect(grown).toBeGreaterThan(4 * 2 ** 30);
    expect((last.memory.usedBytes ?? 0) - (before.memory.usedBytes ?? 0)).toBeGreaterThan(grown * 0.6);
    expect(Math.max(...last.processes.top.map(({ memoryBytes }) => memoryBytes ?? 0))).toBeGreaterThan(
      grown * 0.9,
    );
    expect(last.pressure.memory.someAvg10 ?? 0).toBeGreaterThan(5);
    expect(held(last)?.health).toBe('unhealthy');
    expect(held(gone)).toMatchObject({ state: 'restarting', cpuPercent: null, memoryBytes: null });
    expect(held(after)).toMatchObject({ state: 'running', health: 'healthy' });
    const warming = held(demoSampleAt(7, (incident.outage?.startedMs ?? 0) + 2_000));
    expect(warming).toMatchObject({ state: 'running', health: 'starting' });
    expect(warming?.memoryBytes ?? 0).toBeLessThan(0.6 * (held(after)?.memoryBytes ?? 0));
    expect((after.memory.usedBytes ?? 0) + grown * 0.6).toBeLessThan(last.memory.usedBytes ?? 0);
  });

  it('a restarted service has new process ids, and keeps them', () => {
    const { incident } = first('restart');
    const { outage } = incident;
    if (!outage) throw new Error('a restart is an outage');
    const pidsAt = (ms: number) => new Set(demoSampleAt(7, ms).processes.top.map(({ pid }) => pid));
    const service = machineStateAt(7, outage.startedMs).now.services.findIndex(
      ({ by }) => by.name === outage.service,
    );
    const isOfService = (pid: number) => Math.floor((pid - 640) / 1_200) === service && pid < 200_000;
    const before = [...pidsAt(outage.unhealthyMs)].filter(isOfService);
    const after = [...pidsAt(outage.healthyMs + 600_000)].filter(isOfService);
    expect(after.some((pid) => before.includes(pid))).toBe(false);
  });

  it('a chatty log fills the disk at the rate it is written', () => {
    const { incident } = first('flood');
    const { startMs, fullMs } = incident.diskFill ?? { startMs: 0, fullMs: 0 };
    const used = (ms: number) => demoSampleAt(7, ms).filesystem.mounts[0]?.usedBytes ?? 0;
    expect(used(fullMs) / used(startMs)).toBeGreaterThan(1.3);
    const middle = (startMs + fullMs) / 2;
    const written = (incident.jobs?.[0]?.ioRates.nvmeWrite ?? 0) * 600;
    expect((used(middle + 600_000) - used(middle)) / written).toBeCloseTo(1, 1);
    expect(used(fullMs + 300_000)).toBeLessThan(used(fullMs) * 0.8);
  });

  it('without mains the battery runs down, and is charged again', () => {
    const { incident, during } = first('blackout');
    const { endMs } = incident.powerOutage ?? { endMs: 0 };
    expect(sensor(demoSampleAt(7, endMs), 'ups.battery')).toBeLessThan(95);
    expect(sensor(during, 'ups.battery')).toBeGreaterThan(sensor(demoSampleAt(7, endMs), 'ups.battery'));
    expect(sensor(demoSampleAt(7, incident.endMs), 'ups.battery')).toBe(100);
  });

  it('evenings are busier than nights', () => {
    const meanAt = (hour: number) => {
      const days = Array.from(
        { length: 60 },
        (_, day) => yearStart + (day * 24 + hour) * 3_600_000 + 590_000,
      );
      return (
        days.reduce((sum, unixMs) => sum + (demoSampleAt(7, unixMs).cpu.totalPercent ?? 0), 0) / days.length
      );
    };
    expect(meanAt(20)).toBeGreaterThan(meanAt(5) + 6);
  });
});
