import { expect, test } from 'vitest';
import { ruleSchema } from '@/lib/events/alerting';
import type { LoggedEvent } from '@/lib/events/event-log';
import { defaultRules } from './default-rules';
import { evaluate, newState } from './evaluate';
import { startT } from './stored-events';

test('each is a rule, and no two share an id', () => {
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

test('on a machine that is busy but well nothing fires for hours', () => {
  const state = newState(defaultRules);
  const fired = new Set<string>();
  let seq = 0;
  for (let second = 0; second < 4 * 3_600; second += 1) {
    const t = startT + second * 1_000;
    for (const [type, payload] of Object.entries(busyButWell(second))) {
      seq += 1;
      const event: LoggedEvent = { seq, t, host: 'atlas', type, json: JSON.stringify({ t, ...payload }) };
      for (const { rule, state: to } of evaluate(state, event).transitions)
        if (to === 'firing') fired.add(rule.id);
    }
  }
  expect([...fired]).toEqual([]);
});
