import type { Comparison, Rule } from '@/lib/protocol/alerting';
import { evaluate } from '@/lib/server/alerting/evaluate';
import { newState } from '@/lib/server/alerting/evaluation-state';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { startT } from './stored-events';

function rulesOf(ruleCount: number, make: (index: number) => Partial<Rule>): readonly Rule[] {
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
function mixed(nth: number): Partial<Rule> {
  const index = nth % 1_000;
  if (index < 400) return { metric: `sensor.s${index % 40}.temperature` };
  if (index < 600) return { metric: `network.eth${index % 10}.rxBytesPerSecond`, threshold: 1e9 };
  if (index < 700) return { metric: patterns[index % patterns.length] ?? '', threshold: 1e9 };
  if (index < 800) return { metric: 'sensor.*', comparison: 'absent', threshold: 3 };
  if (index < 900) return { metric: `disk.d${index % 10}.utilPercent`, comparison: 'risesFasterThan' };
  return { metric: 'filesystem.*.usedPercent', comparison: 'fullWithinHours', threshold: 4 };
}

const list = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i));
const wave = (second: number, index: number) => 50 + 40 * Math.sin((second + index) / 9);

/** The samples of a larger server in a second: 10 interfaces, 10 disks, 40 sensors, 20 mounts, 64 cores. */
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

interface CostCase {
  readonly name: string;
  readonly busyPercent: number;
  rules(count: number): readonly Rule[];
}

/** Kinds of rules, and the load of the CPU at which they are as their name states. */
export const costCases: readonly CostCase[] = [
  { name: 'of all kinds over many metrics', busyPercent: 50, rules: (count) => rulesOf(count, mixed) },
  { name: 'on one metric, inactive', busyPercent: 50, rules: (count) => rulesOf(count, () => ({})) },
  {
    name: 'on one metric, pending and then firing',
    busyPercent: 99,
    rules: (count) => rulesOf(count, () => ({})),
  },
  {
    name: 'that wait for what is absent',
    busyPercent: 1,
    rules: (count) => rulesOf(count, () => ({ comparison: 'absent', threshold: null, forSeconds: 1 })),
  },
];

/** CPU ms that evaluating each of `seconds` seconds of a server's events takes, in ascending order. */
export function evaluationMs({ rules, busyPercent }: CostCase, ruleCount: number, seconds: number): number[] {
  const state = newState(rules(ruleCount));
  const taken = list(seconds, (at) => {
    const events = second(at, busyPercent);
    const before = process.cpuUsage();
    for (const event of events) evaluate(state, event);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return taken.sort((one, other) => one - other);
}
