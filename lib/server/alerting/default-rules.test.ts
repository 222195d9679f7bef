import { expect, test } from 'vitest';
import { ruleSchema } from '@/lib/protocol/alerting';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { cpu, sensor, startT } from '@/lib/testing/stored-events';
import { defaultRules } from './default-rules';
import { evaluate } from './evaluate';
import { newState } from './evaluation-state';

test('each default rule is valid, and no two have the same id', () => {
  for (const rule of defaultRules) expect(ruleSchema.parse(rule)).toEqual(rule);
  expect(new Set(defaultRules.map(({ id }) => id)).size).toBe(defaultRules.length);
});

/** Each second: a build that takes all cores for minutes, a disk that idles, slow single writes, a hot chip. */
function busyButWell(second: number): Record<string, object> {
  const isBuilding = second % 900 < 240;
  const isWriting = second % 20 === 0;
  return {
    cpu: { totalPercent: isBuilding ? 100 : 7, cores: [isBuilding ? 100 : 7] },
    memory: { totalBytes: 100, usedBytes: isBuilding ? 93 : 60, swapTotalBytes: 10, swapUsedBytes: 5 },
    pressure: {
      cpu: { someAvg10: isBuilding ? 90 : 2 },
      memory: { fullAvg10: 1 },
      io: { fullAvg10: isBuilding ? 55 : 1 },
    },
    network: {
      interfaces: [{ name: 'eth0', rxErrorsPerSecond: second === 50 ? 20 : 0, txErrorsPerSecond: null }],
    },
    disk: {
      devices: [{ name: 'sda', readAwaitMs: null, writeAwaitMs: isWriting ? 1_500 : second % 3 ? null : 4 }],
    },
    'sensor-data': {
      sensors: [
        { id: 'chip', kind: 'temperature', value: isBuilding ? 84 : 50, high: 84, critical: 100 },
        { id: 'fan', kind: 'fan', value: null, high: null, critical: null },
      ],
    },
    ...(second % 30 === 0
      ? {
          filesystem: {
            mounts: [
              {
                mount: '/',
                usedBytes: 70 + (second % 3600) / 600,
                availableBytes: 24,
                inodesUsedPercent: 12,
              },
              { mount: '/snap', usedBytes: 9, availableBytes: 0, inodesUsedPercent: 100, readOnly: true },
            ],
          },
        }
      : {}),
  };
}

test('nothing fires for hours on a machine that is busy but healthy', () => {
  const state = newState(defaultRules);
  const fired = new Set<string>();
  let seq = 0;
  for (let second = 0; second < 4 * 3_600; second += 1) {
    const t = startT + second * 1_000;
    for (const [type, payload] of Object.entries(busyButWell(second))) {
      seq += 1;
      const event: LoggedEvent = { seq, t, host: 'atlas', type, json: JSON.stringify({ t, ...payload }) };
      for (const { rule, state: to } of evaluate(state, event)) if (to === 'firing') fired.add(rule.id);
    }
  }
  expect([...fired]).toEqual([]);
});

test('a published sensor is silent after ten minutes and three of its intervals, until it reports again', () => {
  const state = newState(defaultRules);
  const lines: string[] = [];
  let seq = 0;
  const observe = (event: LoggedEvent) => {
    for (const { rule, metric, state: to, t } of evaluate(state, event)) {
      lines.push(`${rule.id} ${metric} ${to} ${(t - startT) / 60_000}`);
    }
  };
  // In minutes: each sensor's interval, and when it stops and speaks again.
  const sensors = [
    { id: 'each-minute', every: 1, stops: 60, again: 90 },
    { id: 'each-half-hour', every: 30, stops: 121, again: 300 },
    { id: 'once', every: 1, stops: 1, again: 1_000 },
  ];
  for (let second = 0; second < 5.5 * 3_600; second += 1) {
    const t = startT + second * 1_000;
    seq += 1;
    observe(cpu({ seq, t }, 5));
    for (const { id, every, stops, again } of sensors) {
      const minute = (second - 1) / 60;
      if (minute % every !== 0 || (minute >= stops && minute < again)) continue;
      seq += 1;
      observe(sensor({ seq, t: t + 120 }, id, 20));
    }
  }
  const minutes = (line: string) => Math.floor(Number(line.split(' ').at(-1)));
  expect(lines.map((line) => [line.replace(/ [\d.]+$/, ''), minutes(line)])).toEqual([
    ['sensor-silent sensor.each-minute.temperature firing', 69],
    ['sensor-silent sensor.each-minute.temperature resolved', 90],
    ['sensor-silent sensor.each-half-hour.temperature firing', 210],
    ['sensor-silent sensor.each-half-hour.temperature resolved', 300],
  ]);
});
