import { expect, test } from 'vitest';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { chartPlans, type HostMetric } from './chart-plans';
import { exportedCharts } from './charts';

type Point = readonly [t: number, min: number | null, avg: number | null, max: number | null];

const flat = (...values: readonly (number | null)[]): Point[] =>
  values.map((value, index) => [index * 1_000, value, value, value]);

function chartsOf(points: Readonly<Record<string, Point[]>>, labels: Readonly<Record<string, string>> = {}) {
  const metrics = Object.keys(points).map(
    (name): HostMetric => ({ name, unit: 'u', label: labels[name] ?? null }),
  );
  return runToEnd(exportedCharts(chartPlans(metrics, 1_000), (metric) => points[metric]));
}

test('modes of the CPU are added up, a missing one counts as none, and a gap stays a gap', () => {
  const [cpu] = chartsOf({
    'cpu.userPercent': flat(10, 20, null),
    'cpu.nicePercent': flat(1.23456, null, null),
    'cpu.systemPercent': flat(5, 5, 5),
  });
  expect(cpu).toMatchObject({ key: 'cpu', form: 'stack', top: 100 });
  expect(cpu?.series.map(({ key, avg }) => [key, avg])).toEqual([
    ['user', [11.23, 20, null]],
    ['system', [5, 5, 5]],
  ]);
});

test('cache is available minus free memory, and needs both', () => {
  const [memory] = chartsOf({
    'memory.usedBytes': flat(100, 100),
    'memory.availableBytes': flat(900, 900),
    'memory.freeBytes': flat(300, null),
  });
  expect(memory).toMatchObject({ key: 'memory', top: 1_000 });
  expect(memory?.series[1]).toMatchObject({ key: 'cache', avg: [600, null] });
});

test('lowest and highest are given for single metrics whose steps have several values', () => {
  const wide: Point[] = [
    [0, 1, 2, 9],
    [1_000, null, null, null],
  ];
  const charts = chartsOf({ 'cpu.load1': wide, 'cpu.load5': flat(1, 2), 'cpu.userPercent': wide });
  const load = charts.find(({ key }) => key === 'load');
  expect(load?.series[0]).toMatchObject({ avg: [2, null], low: [1, null], high: [9, null] });
  expect(load?.series[1]).toMatchObject({ low: null, high: null });
});

test('the busiest interfaces have charts, idle ones have none, and sensors are grouped by kind', () => {
  const points: Record<string, Point[]> = {};
  for (let index = 0; index < 9; index += 1) {
    points[`network.eth${index}.rxBytesPerSecond`] = flat(index, index);
    points[`network.eth${index}.txBytesPerSecond`] = flat(0, 0);
  }
  points['sensor.greenhouse.temperature'] = flat(21, 22);
  points['sensor.tank.value'] = flat(3, 4);
  points['sensor.dead.value'] = flat(null, null);
  const charts = chartsOf(points, {
    'sensor.greenhouse.temperature': 'Greenhouse',
    'sensor.tank.value': 'Tank',
  });
  expect(charts.filter(({ key }) => key === 'network').map(({ item }) => item)).toEqual([
    'eth3',
    'eth4',
    'eth5',
    'eth6',
    'eth7',
    'eth8',
  ]);
  expect(charts.find(({ key }) => key === 'temperature')?.series[0]?.label).toBe('Greenhouse');
  expect(charts.filter(({ key }) => key === 'sensor').map(({ item }) => item)).toEqual(['Tank']);
});

test('a host without data has no charts, and unused swap has none', () => {
  expect(chartsOf({})).toEqual([]);
  expect(chartsOf({ 'memory.swapUsedBytes': flat(0, 0) })).toEqual([]);
});
