import { expect, test } from 'vitest';
import type { Cpu, HostFacts, Memory } from '@/lib/events/payloads';
import { judge, share } from './verdict';

const facts: HostFacts = {
  host: 'atlas',
  os: null,
  kernel: null,
  cpuModel: null,
  cores: 4,
  memoryBytes: 100,
  bootTime: null,
  container: null,
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

test('waits until there is a sample', () => {
  expect(judge([], null, facts)).toEqual({ tone: 'unknown', matter: 'waiting', figure: null });
});

test('is calm when nothing is the matter', () => {
  expect(judge(rows({}), calmMemory, facts)).toEqual({ tone: 'calm', matter: 'calm', figure: null });
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
  expect(judge(rows(cpu), { ...calmMemory, ...memory }, facts)).toEqual({ tone, matter, figure });
});

test('the critical thing is named before what only warns', () => {
  const verdict = judge(rows({ totalPercent: 99 }), { ...calmMemory, usedBytes: 90 }, facts);
  expect(verdict.matter).toBe('cpu-full');
});

test('one busy second is not news', () => {
  expect(judge([...rows({}, 9), { ...calmCpu, totalPercent: 100 }], calmMemory, facts).tone).toBe('calm');
});

test('what cannot be had does not count', () => {
  const unknown = { totalPercent: null, iowaitPercent: null, stealPercent: null, load5: null };
  expect(judge(rows(unknown), { ...calmMemory, usedBytes: null }, facts).tone).toBe('calm');
});

test('a share of nothing is unknown', () => {
  expect(share(1, 0)).toBeNull();
  expect(share(null, 10)).toBeNull();
  expect(share(5, 10)).toBe(50);
});
