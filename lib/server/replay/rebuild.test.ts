import { expect, test } from 'vitest';
import type { LoggedPayloads, SamplePayloads, SampleType } from '@/lib/protocol/event-types';
import type { HistorySteps } from '@/lib/protocol/history';
import { eachMetric } from '@/lib/protocol/metrics';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { loggedSchemas } from '@/lib/server/ingest/event-schemas';
import { isNeeded, rebuildSteps as rebuildInTurns, sentUpTo } from './rebuild';
import type { KnownItems } from './sample-builders';

const rebuildSteps = (...given: Parameters<typeof rebuildInTurns>) => runToEnd(rebuildInTurns(...given));

const stamp = { t: 5_000, host: 'atlas' };
const stall = { someAvg10: 1.5, fullAvg10: 0, somePercent: 2, fullPercent: null };
const nothing: KnownItems = { sensors: [], mounts: [], containers: [], interfaces: [] };

const samples: SamplePayloads = {
  cpu: {
    ...stamp,
    totalPercent: 12.5,
    userPercent: 10,
    systemPercent: 2.5,
    nicePercent: 0,
    iowaitPercent: 0,
    irqPercent: 0,
    softirqPercent: 0,
    stealPercent: null,
    guestPercent: null,
    cores: [25, null, 0],
    load1: 0.5,
    load5: 0.25,
    load15: 0.1,
    frequencyMHz: 3200,
    runningTasks: 2,
    blockedTasks: 0,
  },
  memory: {
    ...stamp,
    totalBytes: 16e9,
    usedBytes: 4e9,
    availableBytes: 12e9,
    freeBytes: 8e9,
    cachedBytes: 3e9,
    buffersBytes: 1e8,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
  },
  pressure: { ...stamp, cpu: stall, memory: stall, io: stall },
  network: {
    ...stamp,
    interfaces: ['eth0', 'eth0.100', 'br-1.pressure.x'].map((name) => ({
      name,
      rxBytesPerSecond: 1_000.5,
      txBytesPerSecond: 0,
      rxPacketsPerSecond: 3,
      txPacketsPerSecond: null,
      rxErrorsPerSecond: 0,
      txErrorsPerSecond: 0,
      rxDropsPerSecond: 0,
      txDropsPerSecond: 0,
      up: null,
      kind: name === 'eth0' ? ('physical' as const) : ('vlan' as const),
    })),
  },
  disk: {
    ...stamp,
    devices: [
      {
        name: 'nvme0n1',
        readBytesPerSecond: 1,
        writeBytesPerSecond: 2,
        readsPerSecond: 3,
        writesPerSecond: 4,
        readAwaitMs: null,
        writeAwaitMs: 5,
        utilPercent: 6,
      },
    ],
  },
  'sensor-data': {
    ...stamp,
    sensors: [
      {
        id: 'cpu.package',
        label: 'CPU',
        kind: 'temperature',
        value: 51,
        unit: '°C',
        high: 80,
        critical: 100,
      },
      { id: 'cpu.package', label: 'Fan', kind: 'fan', value: 900, unit: 'rpm', high: null, critical: null },
      { id: 'soil', label: 'Soil', kind: 'custom', value: 0.5, unit: 'pF', high: null, critical: null },
    ],
  },
  filesystem: {
    ...stamp,
    mounts: ['/', '/srv/a.b'].map((mount) => ({
      mount,
      device: '/dev/sda1',
      type: 'ext4',
      sizeBytes: 100,
      usedBytes: 60,
      availableBytes: 30,
      inodesUsedPercent: 7,
      readOnly: true,
      pool: null,
    })),
  },
  processes: { ...stamp, count: 200, threads: 900, top: [] },
  containers: {
    ...stamp,
    containers: [
      {
        id: '0123456789abcdef',
        name: null,
        image: 'web:1',
        state: null,
        health: null,
        cpuPercent: 150,
        memoryBytes: 1e6,
        memoryLimitBytes: null,
        throttledPercent: 3,
        oomKills: 1,
      },
    ],
  },
};

const types = Object.keys(samples) as SampleType[];

function historySteps(
  payloads: readonly (readonly [step: number, type: SampleType])[],
  count: number,
): HistorySteps {
  const averages = new Map<string, Float64Array>();
  for (const [step, type] of payloads) {
    eachMetric(type, samples[type] as LoggedPayloads[typeof type], (name, value) => {
      const values = averages.get(name) ?? new Float64Array(count).fill(Number.NaN);
      if (value !== null) averages.set(name, values);
      if (value !== null) values[step] = value;
    });
  }
  return { stepMs: 1_000, from: stamp.t, to: stamp.t + count * 1_000, averages };
}

const options = { host: 'atlas', matches: () => true, known: nothing, sent: sentUpTo(0, 0) };

test('a sample that was rolled up is rebuilt, except for values that are no numbers', () => {
  const { sensors } = samples['sensor-data'];
  const { mounts } = samples.filesystem;
  const { containers } = samples.containers;
  const { interfaces } = samples.network;
  const known = { sensors, mounts, containers, interfaces };
  const steps = rebuildSteps(
    historySteps(
      types.map((type) => [0, type] as const),
      1,
    ),
    { ...options, known },
  );
  expect(steps.map(({ event }) => event?.type)).toEqual([...types, undefined]);
  for (const { event } of steps) {
    if (event) expect(JSON.parse(event.json)).toEqual(samples[event.type as SampleType]);
  }
});

test('payloads are complete even when nothing is known of their items', () => {
  for (const { event } of rebuildSteps(
    historySteps(
      types.map((type) => [0, type] as const),
      1,
    ),
    options,
  )) {
    if (event) loggedSchemas[event.type as SampleType].parse(JSON.parse(event.json));
  }
});

test('averages of counts are whole numbers', () => {
  const averages = new Map([
    ['cpu.runningTasks', Float64Array.of(1.6)],
    ['memory.usedBytes', Float64Array.of(1000.4)],
  ]);
  const steps = rebuildSteps({ stepMs: 1_000, from: 0, to: 1_000, averages }, options);
  const payloads = steps.flatMap(({ event }) => (event ? [JSON.parse(event.json)] : []));
  expect(payloads).toMatchObject([
    { runningTasks: 2, load1: null },
    { usedBytes: 1000, freeBytes: null },
  ]);
});

test('a step has an event of each type that was measured in it; an empty step has none', () => {
  const steps = rebuildSteps(
    historySteps(
      [
        [0, 'cpu'],
        [0, 'disk'],
        [2, 'cpu'],
      ],
      3,
    ),
    options,
  );
  expect(steps.map(({ t, event, position }) => [t, event?.type, position])).toEqual([
    [5_000, 'cpu', { kind: 'rebuilt', t: 5_000, part: 1 }],
    [5_000, 'disk', { kind: 'rebuilt', t: 5_000, part: 5 }],
    [5_000, undefined, { kind: 'rebuilt', t: 5_000, part: 9 }],
    [7_000, 'cpu', { kind: 'rebuilt', t: 7_000, part: 1 }],
    [7_000, undefined, { kind: 'rebuilt', t: 7_000, part: 9 }],
  ]);
});

test('resumes within a step, even if other types have a value by then', () => {
  const steps = rebuildSteps(
    historySteps(
      [
        [0, 'cpu'],
        [0, 'memory'],
        [0, 'disk'],
      ],
      1,
    ),
    {
      ...options,
      sent: sentUpTo(5_000, 2),
    },
  );
  expect(steps.map(({ event }) => event?.type)).toEqual(['disk', undefined]);
});

test('a filter leaves out types, but the step still counts as measured', () => {
  const matches = (type: SampleType) => type === 'disk';
  const steps = rebuildSteps(
    historySteps(
      [
        [0, 'cpu'],
        [0, 'memory'],
      ],
      1,
    ),
    { ...options, matches },
  );
  expect(steps.map(({ event }) => event)).toEqual([null]);
  expect(
    ['cpu.totalPercent', 'cpu.load1', 'disk.sda.utilPercent', 'user-login.::1.newAddress'].map((name) =>
      isNeeded(name, matches),
    ),
  ).toEqual([true, false, true, false]);
});
