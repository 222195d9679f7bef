import { expect, test } from 'vitest';
import { type Change, calmMachine, stall } from '@/lib/testing/calm-machine';
import type { Finding } from './finding';
import type { HealthInputs } from './inputs';
import { assessHealth, type HealthSummary } from './summary';

const found = (change: Change, before: HealthSummary | null = null, nowMs = 0) =>
  assessHealth(calmMachine(change), before, nowMs);
const short = ({ findings }: HealthSummary) =>
  findings.map(({ kind, severity, subject, figure }: Finding) => [severity, kind, subject, figure]);

test('a healthy machine is calm, and the assessed items are counted', () => {
  const summary = found({});
  expect(summary).toMatchObject({
    status: 'calm',
    findings: [],
    vitals: { cpuPercent: 10, memoryPercent: 37.5, nothingWaits: true },
    monitored: { disks: 1, mounts: 1, interfaces: 1, sensors: 1, containers: 1 },
  });
});

test('the status is unknown before the first sample', () => {
  const nothing: HealthInputs = { ...calmMachine(), latest: {}, recent: {}, sensors: [] };
  expect(assessHealth(nothing, null, 0)).toMatchObject({
    status: 'unknown',
    findings: [],
    vitals: { nothingWaits: null },
  });
});

test('the first figures replace an unknown status at once', () => {
  const nothing: HealthInputs = { ...calmMachine(), latest: {}, recent: {}, sensors: [] };
  expect(found({}, assessHealth(nothing, null, 0), 900).vitals).toMatchObject({
    cpuPercent: 10,
    memoryPercent: 37.5,
  });
});

test.each<[string, Change, unknown[]]>([
  ['memory pressure', { pressure: { memory: stall(30, 6) } }, ['warning', 'memory-pressure', null, 30]],
  ['a stall by memory', { pressure: { memory: stall(40, 25) } }, ['critical', 'memory-pressure', null, 40]],
  ['disk pressure', { pressure: { io: stall(45, 5) } }, ['warning', 'io-pressure', null, 45]],
  ['a stall by disks', { pressure: { io: stall(90, 70) } }, ['critical', 'io-pressure', null, 90]],
  ['CPU pressure', { pressure: { cpu: stall(60) } }, ['warning', 'cpu-pressure', null, 60]],
  ['a busy CPU', { cpu: { totalPercent: 99 } }, ['warning', 'cpu-full', null, 99]],
  [
    'a busy CPU without PSI',
    { cpu: { totalPercent: 99 }, pressure: null },
    ['critical', 'cpu-full', null, 99],
  ],
  ['iowait without PSI', { cpu: { iowaitPercent: 30 }, pressure: null }, ['warning', 'iowait', null, 30]],
  ['load without PSI', { cpu: { load5: 9 }, pressure: null }, ['warning', 'overloaded', null, 2.25]],
  ['steal', { cpu: { stealPercent: 40 } }, ['critical', 'steal', null, 40]],
  ['full memory', { memory: { usedBytes: 15e9 } }, ['warning', 'memory-full', null, 93.75]],
  ['no memory left', { memory: { usedBytes: 15.6e9 } }, ['critical', 'memory-full', null, 97.5]],
  ['full swap', { memory: { swapTotalBytes: 100, swapUsedBytes: 85 } }, ['warning', 'swap-full', null, 85]],
  [
    'a slow disk',
    { device: { readAwaitMs: 300, writeAwaitMs: 300 } },
    ['warning', 'disk-slow', 'nvme0n1', 300],
  ],
  [
    'a disk that is at its end',
    { device: { utilPercent: 100, readAwaitMs: 40, writeAwaitMs: 40 } },
    ['warning', 'disk-busy', 'nvme0n1', 100],
  ],
  [
    'a full file system',
    { mounts: [{ usedBytes: 92e9, availableBytes: 8e9 }] },
    ['warning', 'filesystem-full', '/var', 92],
  ],
  ['no inodes left', { mounts: [{ inodesUsedPercent: 99 }] }, ['critical', 'inodes-full', '/var', 99]],
  [
    'a disk that failed',
    { mounts: [{ readOnly: true }], before: {} },
    ['critical', 'filesystem-read-only', '/var', null],
  ],
  [
    'a mount that hangs',
    { mounts: [{ sizeBytes: null, usedBytes: null, availableBytes: null }], before: {} },
    ['warning', 'mount-silent', '/var', null],
  ],
  ['heat', { sensors: [{ value: 82 }] }, ['warning', 'warm', 'Composite', 82]],
  ['too much heat', { sensors: [{ value: 91 }] }, ['critical', 'too-hot', 'Composite', 91]],
  [
    'a battery that ends',
    { sensors: [{ kind: 'battery', unit: '%', label: 'BAT0', value: 12, high: null, critical: null }] },
    ['warning', 'battery-low', 'BAT0', 12],
  ],
  ['broken packets', { link: { rxErrorsPerSecond: 3 } }, ['warning', 'network-errors', 'eth0', 3]],
  [
    'a container near its limit',
    { containers: [{ memoryBytes: 3.8e9 }] },
    ['warning', 'container-full', 'postgres', 95],
  ],
  [
    'an ill container',
    { containers: [{ health: 'unhealthy' }] },
    ['warning', 'container-unwell', 'postgres', null],
  ],
  ['a collector without samples', { lost: ['disk'] }, ['warning', 'samples-lost', 'disk', null]],
  ['a lost CPU', { lost: ['cpu'] }, ['warning', 'cpu-lost', null, null]],
])('%s is found', (_, change, expected) => {
  expect(short(found(change))).toEqual([expected]);
  expect(found(change).status).toBe(expected[0]);
});

test.each<[string, Change]>([
  [
    'a file system that was always read-only and full',
    { mounts: [{ readOnly: true, usedBytes: 100e9, availableBytes: 0 }] },
  ],
  ['a mount that never reported anything', { mounts: [{ sizeBytes: null, usedBytes: null }] }],
  ['one busy second', { cpu: { totalPercent: 100 }, rows: 1 }],
  ['a busy disk that is fast', { device: { utilPercent: 100 } }],
  ['limits that no chip has', { sensors: [{ value: 60, high: 0, critical: 65_261 }] }],
  ['heat without a limit', { sensors: [{ value: 180, high: null, critical: null }] }],
  ['a few dropped packets', { link: { rxDropsPerSecond: 2, rxPacketsPerSecond: 10 } }],
  [
    'figures that cannot be read',
    { cpu: { totalPercent: null, stealPercent: null }, memory: { usedBytes: null } },
  ],
  ['iowait where the kernel reports no pressure', { cpu: { iowaitPercent: 60, load5: 30 } }],
])('%s is not reported', (_, change) => {
  expect(found(change)).toMatchObject({ status: 'calm', findings: [] });
});

test('findings are ordered by severity, and pressure comes first within one', () => {
  const change: Change = {
    pressure: { io: stall(50) },
    memory: { usedBytes: 15e9 },
    sensors: [{ value: 95 }],
    mounts: [{ usedBytes: 92e9, availableBytes: 8e9 }],
  };
  expect(found(change).findings.map(({ kind }) => kind)).toEqual([
    'too-hot',
    'io-pressure',
    'memory-full',
    'filesystem-full',
  ]);
});

test('a busy CPU is not reported beside CPU pressure', () => {
  const change: Change = { pressure: { cpu: stall(80) }, cpu: { totalPercent: 100 } };
  expect(found(change).findings.map(({ kind }) => kind)).toEqual(['cpu-pressure']);
});

test('the top consumer is named, by CPU for all processes of one name together', () => {
  const php = Array.from({ length: 6 }, (_, pid) => ({ pid, name: 'php-fpm', cpuPercent: 50 }));
  const busy: Change = {
    pressure: { cpu: stall(80) },
    cpu: { totalPercent: 100 },
    processes: [{ pid: 99, name: 'node', cpuPercent: 90 }, ...php],
  };
  expect(found(busy).findings[0]?.topConsumer).toEqual({
    name: 'php-fpm',
    kind: 'process',
    figure: 300,
    resource: 'cpu',
  });
  const writing: Change = {
    pressure: { io: stall(80) },
    processes: [
      { readBytesPerSecond: 80e6, writeBytesPerSecond: 20e6 },
      { pid: 8, name: 'sh' },
    ],
  };
  expect(found(writing).findings[0]?.topConsumer).toMatchObject({
    name: 'restic',
    figure: 100e6,
    resource: 'disk',
  });
  const large: Change = { memory: { usedBytes: 15e9 }, processes: [{ name: 'chrome', memoryBytes: 9e9 }] };
  expect(found(large).findings[0]?.topConsumer).toMatchObject({ name: 'chrome', resource: 'memory' });
});

test('a container is the top consumer when it uses more than any process', () => {
  const change: Change = {
    pressure: { cpu: stall(80) },
    cpu: { totalPercent: 100 },
    processes: [{ cpuPercent: 110 }],
    containers: [{ cpuPercent: 350 }],
  };
  expect(found(change).findings[0]?.topConsumer).toMatchObject({ name: 'postgres', kind: 'container' });
});

test('no top consumer is named when none stands out', () => {
  const change: Change = {
    pressure: { cpu: stall(80) },
    cpu: { totalPercent: 100 },
    processes: [{ cpuPercent: 20 }],
  };
  expect(found(change).findings[0]?.topConsumer).toBeNull();
});

test('a figure near a threshold does not make a finding come and go', () => {
  const at = (percent: number): Change => ({
    mounts: [{ usedBytes: percent * 1e9, availableBytes: (100 - percent) * 1e9 }],
  });
  let summary = found(at(89.9));
  expect(summary.findings).toEqual([]);
  for (const [index, percent] of [90.1, 89.9, 90.1, 89, 88.5].entries()) {
    summary = found(at(percent), summary, (index + 1) * 20_000);
    expect(summary.findings.map(({ kind }) => kind)).toEqual(['filesystem-full']);
  }
  summary = found(at(87.9), found(at(87.9), summary, 101_000), 120_000);
  expect(summary.findings).toEqual([]);
  expect(found(at(89.9), summary, 140_000).findings).toEqual([]);
});

test('a finding that has ended is shown for some seconds', () => {
  const ill = found({ pressure: { io: stall(90) } }, null, 0);
  expect(found({}, ill, 3_000).findings).toHaveLength(1);
  const later = found({}, found({}, ill, 3_000), 9_000);
  expect(later).toMatchObject({ status: 'calm', findings: [] });
});

test('figures stay for five seconds, and a worse severity is reported at once', () => {
  const first = found({ pressure: { io: stall(50) } }, null, 0);
  const soon = found({ pressure: { io: stall(60) } }, first, 2_000);
  expect(soon.findings[0]?.figure).toBe(50);
  expect(found({ pressure: { io: stall(60) } }, soon, 6_000).findings[0]?.figure).toBe(60);
  expect(found({ pressure: { io: stall(95, 80) } }, first, 2_000).findings[0]).toMatchObject({
    severity: 'critical',
    figure: 95,
  });
});

test('sensors that differ by a number are one finding, about the hottest', () => {
  const cores = [83, 86, 82, 85].map((value, index) => ({
    id: `core-${index}`,
    label: `Core ${index}`,
    value,
  }));
  expect(short(found({ sensors: cores }))).toEqual([['warning', 'warm', 'Core', 86]]);
});

test('an alert of a default rule is its finding, and any other is shown by its name', () => {
  expect(short(found({ alerts: [{}] }))).toEqual([['warning', 'alert', 'Queue is long', null]]);
  const filling = { ruleId: 'filesystem-filling', metric: 'filesystem./srv/my.data.usedPercent', value: 3 };
  expect(short(found({ alerts: [filling] }))).toEqual([['warning', 'filesystem-filling', '/srv/my.data', 3]]);
  const hot = { ruleId: 'temperature-high', metric: 'sensor.nvme-1.temperature', value: 81 };
  expect(short(found({ alerts: [hot] }))).toEqual([['warning', 'warm', 'Composite', 81]]);
});

test('an alert and a sample that report the same are one finding of the worse severity', () => {
  const change: Change = {
    mounts: [{ usedBytes: 92e9, availableBytes: 8e9 }],
    alerts: [
      { ruleId: 'filesystem-full', metric: 'filesystem./var.usedPercent', severity: 'critical', value: 91 },
    ],
  };
  expect(short(found(change))).toEqual([['critical', 'filesystem-full', '/var', 92]]);
});

test('a finding of severity info leaves the machine calm', () => {
  const login = {
    ruleId: 'login-new-address',
    metric: 'user-login.203.0.113.7.newAddress',
    severity: 'info' as const,
  };
  const summary = found({ alerts: [login] });
  expect(summary.status).toBe('calm');
  expect(short(summary)).toEqual([['info', 'new-address', '203.0.113.7', 90]]);
});

test('a full pool is one finding, and so is the summary alert of a rule', () => {
  const tank = (name: string, used: number) => ({
    mount: name,
    usedBytes: used * 1e9,
    availableBytes: (100 - used) * 1e9,
    pool: 'tank',
  });
  const mounts = [
    tank('/tank/a', 92),
    tank('/tank/b', 99),
    tank('/tank/c', 92),
    { ...tank('/', 92), pool: null },
  ];
  const summary = { ruleId: 'temperature-high', name: 'Hot', metric: 'sensor.*.temperature', value: 4_950 };
  const kinds = (change: Change) => short(found(change)).map(([, kind, subject]) => `${kind} ${subject}`);
  expect(kinds({ mounts, alerts: [summary] })).toEqual([
    'filesystem-full /tank/b',
    'filesystem-full /',
    'alert Hot',
  ]);
  const ofAlert = { ruleId: 'filesystem-full', metric: 'filesystem./tank/a.usedPercent', value: 98 };
  expect(kinds({ mounts, alerts: [{ ...ofAlert, severity: 'critical' }] })).toEqual([
    'filesystem-full /tank/a',
    'filesystem-full /',
  ]);
});

test('a published alert is distinguished from the alert of a rule', () => {
  const published = { ruleId: null, kind: 'published', name: 'Hot', origin: 'published' } as const;
  expect(found({ alerts: [published] }).findings[0]).toMatchObject({
    kind: 'published-alert',
    subject: 'Hot',
  });
});
