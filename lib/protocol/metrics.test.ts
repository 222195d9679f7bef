import { expect, test } from 'vitest';
import type { LoggedPayloads, SampleType } from './event-types';
import {
  eachMetric,
  isSensorMetric,
  itemName,
  metricName,
  partsOfMetric,
  sampleFieldOf,
  unitOfMetric,
} from './metrics';

const stamped = { t: 1, host: 'atlas' };

function metrics<T extends SampleType>(type: T, payload: LoggedPayloads[T]): Record<string, number | null> {
  const found: Record<string, number | null> = {};
  eachMetric(type, payload, (name, value) => {
    found[name] = value;
  });
  return found;
}

test('cpu: fields, and each core by its number', () => {
  const found = metrics('cpu', {
    ...stamped,
    totalPercent: 3.9,
    userPercent: 2,
    systemPercent: 1,
    nicePercent: 0,
    iowaitPercent: 0.9,
    irqPercent: 0,
    softirqPercent: 0,
    stealPercent: 0,
    guestPercent: null,
    cores: [1, null],
    load1: 0.1,
    load5: 0.2,
    load15: 0.3,
    frequencyMHz: null,
    runningTasks: 1,
    blockedTasks: 0,
  });
  expect(found).toMatchObject({
    'cpu.totalPercent': 3.9,
    'cpu.guestPercent': null,
    'cpu.core0.percent': 1,
    'cpu.core1.percent': null,
    'cpu.load15': 0.3,
  });
  expect(found).not.toHaveProperty('cpu.t');
  expect(found).not.toHaveProperty('cpu.host');
});

test('memory: shares of the whole; no swap is no share', () => {
  expect(
    metrics('memory', {
      ...stamped,
      totalBytes: 200,
      usedBytes: 50,
      availableBytes: 150,
      freeBytes: 100,
      cachedBytes: 20,
      buffersBytes: 5,
      swapTotalBytes: 0,
      swapUsedBytes: 0,
    }),
  ).toMatchObject({ 'memory.usedBytes': 50, 'memory.usedPercent': 25, 'memory.swapUsedPercent': null });
});

test('items are named by what they are called', () => {
  const stall = { someAvg10: 1, fullAvg10: 0, somePercent: 2, fullPercent: null };
  expect(metrics('pressure', { ...stamped, cpu: stall, memory: stall, io: stall })).toMatchObject({
    'pressure.io.someAvg10': 1,
    'pressure.cpu.fullPercent': null,
  });
  expect(
    metrics('filesystem', {
      ...stamped,
      mounts: [
        {
          mount: '/home',
          device: '/dev/sda1',
          type: 'ext4',
          sizeBytes: 110,
          usedBytes: 30,
          availableBytes: 70,
          inodesUsedPercent: 1,
          readOnly: false,
        },
      ],
    }),
  ).toEqual({
    'filesystem./home.sizeBytes': 110,
    'filesystem./home.usedBytes': 30,
    'filesystem./home.availableBytes': 70,
    'filesystem./home.inodesUsedPercent': 1,
    'filesystem./home.usedPercent': 30,
  });
  const sensor = { label: '', unit: '', high: null, critical: null };
  expect(
    metrics('sensor-data', {
      ...stamped,
      sensors: [
        { ...sensor, id: 'greenhouse', kind: 'temperature', value: 23.5 },
        { ...sensor, id: 'tank', kind: 'custom', value: null },
      ],
    }),
  ).toEqual({ 'sensor.greenhouse.temperature': 23.5, 'sensor.tank.value': null });
});

test.each([
  ['cpu.totalPercent', '%'],
  ['cpu.core3.percent', '%'],
  ['cpu.load1', ''],
  ['cpu.frequencyMHz', 'MHz'],
  ['memory.usedBytes', 'B'],
  ['pressure.io.someAvg10', '%'],
  ['network.eth0.rxBytesPerSecond', 'B/s'],
  ['network.eth0.rxErrorsPerSecond', '/s'],
  ['disk.sda.readAwaitMs', 'ms'],
  ['sensor.greenhouse.temperature', '°C'],
  ['sensor.tank.value', ''],
])('%s is in "%s"', (name, unit) => {
  expect(unitOfMetric(name)).toBe(unit);
});

test.each([
  ['memory.usedPercent', 'memory', null, 'usedPercent'],
  ['network.eth0.20.rxBytesPerSecond', 'network', 'eth0.20', 'rxBytesPerSecond'],
  ['filesystem./srv/a.b.usedPercent', 'filesystem', '/srv/a.b', 'usedPercent'],
  ['cpu.core*.percent', 'cpu', 'core*', 'percent'],
  ['user-login.192.0.2.7.newAddress', 'user-login', '192.0.2.7', 'newAddress'],
])('%s in parts, and back', (name, group, item, field) => {
  expect(partsOfMetric(name)).toEqual({ group, item, field });
  expect(metricName({ group, item, field })).toBe(name);
});

test('a name without a dot is a group without a field', () => {
  expect(partsOfMetric('cpu')).toEqual({ group: 'cpu', item: null, field: '' });
});

test.each([
  ['cpu.totalPercent', { type: 'cpu', item: null, field: 'totalPercent' }],
  ['cpu.core12.percent', { type: 'cpu', item: '12', field: 'percent' }],
  ['pressure.io.someAvg10', { type: 'pressure', item: 'io', field: 'someAvg10' }],
  ['sensor.a.b.temperature', { type: 'sensor-data', item: 'a.b', field: 'temperature' }],
  ['filesystem./.usedBytes', { type: 'filesystem', item: '/', field: 'usedBytes' }],
])('%s stands in a sample', (metric, place) => {
  expect(sampleFieldOf(metric)).toEqual(place);
});

test.each([
  'cpu',
  'cpu.',
  'cpu.core1.busy',
  'cpu.node0.percent',
  'memory.swap.usedBytes',
  'pressure.someAvg10',
  'disk..utilPercent',
  'disk.sda.*',
  'user-login.192.0.2.7.newAddress',
  'constructor.a.b',
])('%s stands in no sample', (metric) => {
  expect(sampleFieldOf(metric)).toBeNull();
});

test('an item is named by its name or mount point, and without one by the start of its id', () => {
  const id = 'c0ffee0123456789';
  expect([itemName({ id, name: 'web' }), itemName({ id, name: null })]).toEqual(['web', 'c0ffee012345']);
  expect(itemName({ mount: '/srv' })).toBe('/srv');
});

test('metrics of sensors are recognised by their name', () => {
  expect(['sensor.attic.temperature', 'cpu.load1'].map(isSensorMetric)).toEqual([true, false]);
});
