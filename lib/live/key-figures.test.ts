import { expect, test } from 'vitest';
import type { Network } from '@/lib/events/payloads';
import { filledPlaces, fullestMount, highestOf, throughput } from './key-figures';

test('the highest of what is known', () => {
  expect(highestOf([3, null, 7, 5], (one) => one)).toEqual({ item: 7, value: 7 });
  expect(highestOf([null], (one) => one)).toBeNull();
});

test('traffic is counted once: neither loopback nor what a bridge carries', () => {
  const item = (name: string, bytes: number | null) => ({
    name,
    rxBytesPerSecond: bytes,
    txBytesPerSecond: bytes,
  });
  const row = (...items: ReturnType<typeof item>[]) =>
    ({ t: 0, host: 'a', interfaces: items }) as unknown as Network;
  expect(throughput(row(item('lo', 1000), item('eth0', 10), item('docker0', 10), item('wlan0', 1)))).toBe(22);
  expect(throughput(row(item('lo', 5)))).toBe(10);
  expect(throughput(row(item('eth0', null)))).toBeNull();
});

test('a read-only file system is never the fullest', () => {
  const mount = (name: string, used: number, readOnly: boolean) => ({
    mount: name,
    device: '/dev/sda1',
    type: 'ext4',
    sizeBytes: 100,
    usedBytes: used,
    availableBytes: 100 - used,
    inodesUsedPercent: null,
    readOnly,
  });
  const row = { t: 0, host: 'a', mounts: [mount('/iso', 100, true), mount('/', 40, false)] };
  expect(fullestMount(row)).toMatchObject({ item: { mount: '/' }, value: 40 });
});

test('every place is filled, and the others keep theirs', () => {
  const places = ['cpu', 'pressure', 'temperature', 'load'] as const;
  expect(filledPlaces(places, () => false)).toEqual(places);
  expect(filledPlaces(places, (name) => name === 'temperature')).toEqual(['cpu', 'pressure', 'swap', 'load']);
  expect(filledPlaces(places, (name) => ['pressure', 'temperature'].includes(name))).toEqual([
    'cpu',
    'swap',
    'busiest',
    'load',
  ]);
});
