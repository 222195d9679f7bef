import { expect, test } from 'vitest';
import type { Cpu, HostFacts, Memory } from '@/lib/events/payloads';
import { type Evidence, judge, share } from './verdict';

const facts: HostFacts = {
  host: 'atlas',
  os: null,
  kernel: null,
  cpuModel: null,
  cores: 4,
  memoryBytes: 100,
  bootTime: null,
  container: null,
  scope: 'host',
};

const calmCpu: Cpu = {
  t: 0,
  host: 'atlas',
  totalPercent: 10,
  userPercent: 8,
  systemPercent: 2,
  nicePercent: 0,
  iowaitPercent: 0,
  irqPercent: 0,
  softirqPercent: 0,
  stealPercent: 0,
  guestPercent: 0,
  cores: [10],
  load1: 0.5,
  load5: 0.5,
  load15: 0.5,
  frequencyMHz: null,
  runningTasks: 1,
  blockedTasks: 0,
};

const calmMemory: Memory = {
  t: 0,
  host: 'atlas',
  totalBytes: 100,
  usedBytes: 40,
  availableBytes: 60,
  freeBytes: 30,
  cachedBytes: 30,
  buffersBytes: 0,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
};

const rows = (change: Partial<Cpu>, count = 10) =>
  Array.from({ length: count }, () => ({ ...calmCpu, ...change }));

const evidence = (change: Partial<Evidence>): Evidence => ({
  cpu: rows({}),
  memory: calmMemory,
  facts,
  lost: [],
  ...change,
});

test('waits until there is a sample', () => {
  expect(judge(evidence({ cpu: [], memory: null }))).toEqual({
    tone: 'unknown',
    matter: 'waiting',
    figure: null,
  });
});

test('is calm when nothing is the matter', () => {
  expect(judge(evidence({}))).toEqual({ tone: 'calm', matter: 'calm', figure: null });
});

test.each([
  [{ totalPercent: 90 }, {}, 'warning', 'cpu-full', 90],
  [{ totalPercent: 99 }, {}, 'critical', 'cpu-full', 99],
  [{ iowaitPercent: 30 }, {}, 'warning', 'iowait', 30],
  [{ stealPercent: 40 }, {}, 'critical', 'steal', 40],
  [{ load5: 9 }, {}, 'warning', 'overloaded', 2.25],
  [{}, { usedBytes: 90 }, 'warning', 'memory-full', 90],
  [{}, { usedBytes: 96 }, 'critical', 'memory-full', 96],
  [{}, { swapTotalBytes: 100, swapUsedBytes: 70 }, 'warning', 'swapping', 70],
] as const)('%j %j is %s: %s', (cpu, memory, tone, matter, figure) => {
  expect(judge(evidence({ cpu: rows(cpu), memory: { ...calmMemory, ...memory } }))).toEqual({
    tone,
    matter,
    figure,
  });
});

test('the critical thing is named before what only warns', () => {
  const memory = { ...calmMemory, usedBytes: 90 };
  expect(judge(evidence({ cpu: rows({ totalPercent: 99 }), memory })).matter).toBe('cpu-full');
});

test('one busy second is not news', () => {
  const cpu = [...rows({}, 9), { ...calmCpu, totalPercent: 100 }];
  expect(judge(evidence({ cpu })).tone).toBe('calm');
});

test('what cannot be had does not count', () => {
  const unknown = { totalPercent: null, iowaitPercent: null, stealPercent: null, load5: null };
  const memory = { ...calmMemory, usedBytes: null };
  expect(judge(evidence({ cpu: rows(unknown), memory })).tone).toBe('calm');
});

test('a reading that no longer comes is told, unless something critical is', () => {
  const gone = { cpu: [], lost: ['cpu'] } as const;
  expect(judge(evidence(gone))).toEqual({ tone: 'warning', matter: 'cpu-lost', figure: null });
  expect(judge(evidence({ memory: null, lost: ['memory'] })).matter).toBe('memory-lost');
  expect(judge(evidence({ ...gone, memory: { ...calmMemory, usedBytes: 96 } })).matter).toBe('memory-full');
  expect(judge(evidence({ ...gone, memory: { ...calmMemory, usedBytes: 90 } })).matter).toBe('cpu-lost');
});

test('a share of nothing is unknown', () => {
  expect(share(1, 0)).toBeNull();
  expect(share(null, 10)).toBeNull();
  expect(share(5, 10)).toBe(50);
});
