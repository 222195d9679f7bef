import { expect, test } from 'vitest';
import type { Comparison, Rule } from '@/lib/events/alerting';
import type { LoggedEvent } from '@/lib/events/event-log';
import { evaluate, newState } from './evaluate';
import { startT } from './stored-events';

const ruleCount = 1_000;
const seconds = 120;
const budgetMs = 5;

function rulesOf(make: (index: number) => Partial<Rule>): readonly Rule[] {
  return Array.from({ length: ruleCount }, (_, index) => ({
    id: `r${index}`,
    name: 'A rule',
    metric: 'cpu.totalPercent',
    comparison: 'above' as Comparison,
    threshold: 90,
    forSeconds: 60,
    severity: 'warning' as const,
    enabled: true,
    ...make(index),
  }));
}

const patterns = ['network.*.rxBytesPerSecond', 'disk.*.utilPercent', 'sensor.*', 'cpu.core*.percent'];
const mixed = rulesOf((index) => {
  if (index < 400) return { metric: `sensor.s${index % 40}.temperature` };
  if (index < 600) return { metric: `network.eth${index % 10}.rxBytesPerSecond`, threshold: 1e9 };
  if (index < 700) return { metric: patterns[index % patterns.length] ?? '', threshold: 1e9 };
  if (index < 800) return { metric: 'sensor.*', comparison: 'absent', threshold: 3 };
  if (index < 900) return { metric: `disk.d${index % 10}.utilPercent`, comparison: 'risesFasterThan' };
  return { metric: 'filesystem.*.usedPercent', comparison: 'fullWithinHours', threshold: 4 };
});

const list = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
const wave = (second: number, index: number) => 50 + 40 * Math.sin((second + index) / 9);

/** What a server of some size says in a second: 10 interfaces, 10 disks, 40 sensors, 20 mounts, 64 cores. */
function second(at: number, busyPercent: number): LoggedEvent[] {
  const t = startT + at * 1000;
  const payloads: Record<string, object> = {
    cpu: { totalPercent: busyPercent, load1: 1, cores: list(64, (index) => wave(at, index)) },
    memory: { totalBytes: 100, usedBytes: wave(at, 1) },
    network: {
      interfaces: list(10, (index) => ({ name: `eth${index}`, rxBytesPerSecond: wave(at, index) })),
    },
    disk: { devices: list(10, (index) => ({ name: `d${index}`, utilPercent: wave(at, index) })) },
    'sensor-data': {
      sensors: list(40, (index) => ({ id: `s${index}`, kind: 'temperature', value: wave(at, index) })),
    },
    ...(at % 30 === 0
      ? {
          filesystem: {
            mounts: list(20, (index) => ({ mount: `/${index}`, usedBytes: 40, availableBytes: 60 })),
          },
        }
      : {}),
  };
  return Object.entries(payloads).map(([type, payload], index) => ({
    seq: at * 10 + index,
    t,
    host: 'atlas',
    type,
    json: JSON.stringify({ t, host: 'atlas', ...payload }),
  }));
}

/** The median of what a second's events take, ms. */
function cost(rules: readonly Rule[], busyPercent: (at: number) => number): number {
  const state = newState(rules);
  const taken = list(seconds, (at) => {
    const events = second(at, busyPercent(at));
    const begun = performance.now();
    for (const event of events) evaluate(state, event);
    return performance.now() - begun;
  });
  return taken.sort((one, other) => one - other)[seconds / 2] ?? Number.NaN;
}

const cases: readonly (readonly [name: string, rules: readonly Rule[], busyPercent: () => number])[] = [
  ['of all kinds over many metrics', mixed, () => 50],
  ['on one metric, inactive', rulesOf(() => ({})), () => 50],
  ['on one metric, pending and then firing', rulesOf(() => ({})), () => 99],
  [
    'that wait for what is absent',
    rulesOf(() => ({ comparison: 'absent', threshold: null, forSeconds: 1 })),
    () => 1,
  ],
];

test.each(cases)('a thousand rules %s take 5 ms a second at most', (name, rules, busyPercent) => {
  const medianMs = cost(rules, busyPercent);
  if (process.env.HOSTBEAT_TEST_FIGURES) {
    process.stdout.write(`| 1,000 rules ${name} | ${medianMs.toFixed(2)} ms a second |\n`);
  }
  expect(medianMs).toBeLessThanOrEqual(budgetMs);
});
