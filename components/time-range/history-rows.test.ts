import { expect, test } from 'vitest';
import { timelineOf } from '@/lib/client/store/timeline';
import type { SampleType } from '@/lib/protocol/event-types';
import { blankOf, joined, metricPaths, rowsOf } from './history-rows';

const sample = {
  t: 5,
  host: 'box',
  interfaces: [
    { name: 'eth0.100', rxBytesPerSecond: 7 },
    { name: 'eth1', rxBytesPerSecond: 8 },
  ],
};

const all = { from: 0, to: 1_000 };
const at = (...ts: readonly number[]) => ts.map((t) => ({ t }));
const times = ({ rows }: { readonly rows: readonly { readonly t: number }[] }) => rows.map(({ t }) => t);

test('a state that has no history is not known', () => {
  const container = { id: 'a', state: 'running', health: 'healthy', image: 'caddy:2' };
  expect(blankOf({ containers: [container] }).containers).toEqual([
    { ...container, state: null, health: null },
  ]);
});

test('what was not measured is null, never what is measured now; limits stay', () => {
  expect(blankOf({ ...sample, sensors: [{ id: 'cpu', value: 40, high: 80, critical: null }] })).toEqual({
    t: null,
    host: 'box',
    interfaces: [
      { name: 'eth0.100', rxBytesPerSecond: null },
      { name: 'eth1', rxBytesPerSecond: null },
    ],
    sensors: [{ id: 'cpu', value: null, high: 80, critical: null }],
  });
});

test('values stand where samples have them, in the middle of their step; a gap has no row', () => {
  const histories = [
    {
      metric: 'network.eth0.100.rxBytesPerSecond',
      stepMs: 10,
      points: [
        [0, 1, 2, 3],
        [10, null, null, null],
        [20, 4, 5, 6],
      ],
    },
    { metric: 'network.eth1.rxBytesPerSecond', stepMs: 10, points: [[20, 0, 1, 2]] },
    { metric: 'network.gone.rxBytesPerSecond', stepMs: 10, points: [[0, 9, 9, 9]] },
  ] as const;
  const rows = rowsOf('network', sample, histories, all);
  expect(times({ rows })).toEqual([5, 25]);
  expect(rows[1]).toEqual({
    t: 25,
    host: 'box',
    interfaces: [
      { name: 'eth0.100', rxBytesPerSecond: 5 },
      { name: 'eth1', rxBytesPerSecond: 1 },
    ],
  });
  expect(rows[0]?.interfaces[1]?.rxBytesPerSecond).toBeNull();
  const of = (column: 'min' | 'max') =>
    rowsOf('network', sample, histories, all, column).map(
      ({ interfaces }) => interfaces[0]?.rxBytesPerSecond,
    );
  expect([of('min'), of('max')]).toEqual([
    [1, 4],
    [3, 6],
  ]);
});

test('what is known in longer steps stands in each of the shorter ones, and alone where there are none', () => {
  const rows = rowsOf(
    'network',
    sample,
    [
      {
        metric: 'network.eth1.rxBytesPerSecond',
        stepMs: 30,
        points: [
          [0, 1, 2, 3],
          [30, 1, 4, 7],
        ],
      },
      {
        metric: 'network.eth0.100.rxBytesPerSecond',
        stepMs: 10,
        points: [
          [0, 5, 5, 5],
          [20, 6, 6, 6],
        ],
      },
    ],
    all,
  );
  expect(rows.map(({ t, interfaces }) => [t, ...interfaces.map((one) => one.rxBytesPerSecond)])).toEqual([
    [5, 5, 2],
    [25, 6, 2],
    [45, null, 4],
  ]);
});

test('longer steps that are no multiple of the shorter ones leave no row of their own', () => {
  const points = (values: readonly number[], stepMs: number) =>
    values.map((value, index) => [index * stepMs, value, value, value] as const);
  const rows = rowsOf(
    'network',
    sample,
    [
      { metric: 'network.eth1.rxBytesPerSecond', stepMs: 30, points: points([1, 2, 3, 4], 30) },
      { metric: 'network.eth0.100.rxBytesPerSecond', stepMs: 20, points: points([1, 2, 3, 4, 5, 6], 20) },
    ],
    all,
  );
  expect(rows.map(({ t, interfaces }) => [t, ...interfaces.map((one) => one.rxBytesPerSecond)])).toEqual([
    [10, 1, 1],
    [30, 2, 1],
    [50, 3, 2],
    [70, 4, 3],
    [90, 5, 3],
    [110, 6, 4],
  ]);
});

test('each metric of every type has its place, whatever its item is called', () => {
  const samples: { readonly [T in SampleType]?: object } = {
    cpu: { t: 1, host: 'box', totalPercent: 3, cores: [1, null] },
    pressure: { t: 1, cpu: { somePercent: 3 }, io: { fullPercent: null } },
    filesystem: { mounts: [{ mount: '/home', device: 'sda', usedBytes: 5, inodesUsedPercent: 1 }] },
    containers: { containers: [{ id: '0123456789abcdef', name: null, cpuPercent: 3 }] },
    'sensor-data': { sensors: [{ id: 'a.b', kind: 'custom', value: 3, high: null }] },
  };
  const named = Object.entries(samples).flatMap(([type, held]) => [
    ...metricPaths(type as SampleType, held).keys(),
  ]);
  expect(named).toEqual(
    expect.arrayContaining([
      'cpu.totalPercent',
      'cpu.core0.percent',
      'cpu.core1.percent',
      'pressure.cpu.somePercent',
      'pressure.io.fullPercent',
      'filesystem./home.usedBytes',
      'containers.0123456789ab.cpuPercent',
      'sensor.a.b.value',
    ]),
  );
});

test('a sensor without a value in a step is not in its row', () => {
  const sensor = (id: string) => ({
    id,
    label: id,
    kind: 'custom' as const,
    value: 1,
    unit: '',
    high: null,
    critical: null,
  });
  const rows = rowsOf(
    'sensor-data',
    { t: 0, host: 'box', sensors: [sensor('a'), sensor('b')] },
    [
      {
        metric: 'sensor.a.value',
        stepMs: 10,
        points: [
          [0, 1, 1, 1],
          [10, 2, 2, 2],
        ],
      },
      { metric: 'sensor.b.value', stepMs: 10, points: [[10, 7, 8, 9]] },
    ],
    all,
  );
  expect(rows.map(({ sensors }) => sensors.map(({ id, value }) => [id, value]))).toEqual([
    [['a', 1]],
    [
      ['a', 2],
      ['b', 8],
    ],
  ]);
});

test('history ends where the live rows begin: no time twice, none after the range', () => {
  const live = timelineOf(at(22, 23, 24, 31));
  expect(times(joined(at(5, 15, 25), live, { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15, 22, 23, 24]);
});

test('history fills a gap between live rows', () => {
  const live = timelineOf(at(11, 14, 52));
  const timeline = joined(at(5, 15, 25, 45, 55), live, { stepMs: 10, from: 0, to: 60 });
  expect(times(timeline)).toEqual([5, 11, 14, 25, 45, 52]);
});

test('steps that reach past the range stand in the middle of what is shown of them', () => {
  const histories = [
    {
      metric: 'network.eth1.rxBytesPerSecond',
      stepMs: 10,
      points: [
        [0, 1, 2, 3],
        [10, 1, 4, 7],
      ],
    },
  ] as const;
  expect(times({ rows: rowsOf('network', sample, histories, { from: 6, to: 12 }) })).toEqual([8, 11]);
});

test('a long step of which the page received only the end is completed by history', () => {
  const hour = 3_600_000;
  const bounds = { stepMs: hour, from: 0, to: 2 * hour };
  const last = timelineOf(at(1.9 * hour, 1.95 * hour));
  expect(times(joined(at(0.5 * hour, 1.5 * hour), last, bounds))).toEqual(
    [0.5, 1.5, 1.9, 1.95].map((h) => h * hour),
  );
  const whole = timelineOf(at(...Array.from({ length: 100 }, (_, index) => hour + index * 0.01 * hour)));
  expect(times(joined(at(0.5 * hour, 1.5 * hour), whole, bounds))).toHaveLength(101);
});

test('a stretch of the past has no live rows, and a page without any has history alone', () => {
  expect(times(joined(at(5, 15), timelineOf(at(90)), { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15]);
  expect(times(joined(at(5, 15), timelineOf(at()), { stepMs: 10, from: 0, to: 30 }))).toEqual([5, 15]);
});

test('what has a gap live keeps it, and a joined timeline is read anew', () => {
  const [first, second] = at(22, 23);
  if (!first || !second) throw new Error('two rows');
  const live = timelineOf([first, second], () => true);
  const bounds = { stepMs: 10, from: 0, to: 30 };
  const timeline = joined(at(5), live, bounds);
  expect([timeline.followsGap(first), timeline.followsGap(second)]).toEqual([false, true]);
  expect(joined(at(5), live, bounds).revision - timeline.revision).toBeGreaterThan(100_000);
});
