import { expect, test } from 'vitest';
import { interfaceKinds } from '@/lib/protocol/interface-kind';
import type { Network } from '@/lib/protocol/payloads';
import { filledPlaces, fullestMount, highestOf, throughput } from './key-figures';

test('the highest item ignores unknown values', () => {
  expect(highestOf([3, null, 7, 5], (one) => one)).toEqual({ item: 7, value: 7 });
  expect(highestOf([null], (one) => one)).toBeNull();
});

type Interface = Network['interfaces'][number];
const carrier = (name: string, bytes: number | null, more: Partial<Interface> = {}): Interface => ({
  name,
  rxBytesPerSecond: bytes,
  txBytesPerSecond: bytes,
  rxPacketsPerSecond: null,
  txPacketsPerSecond: null,
  rxErrorsPerSecond: null,
  txErrorsPerSecond: null,
  rxDropsPerSecond: null,
  txDropsPerSecond: null,
  up: true,
  ...more,
});
const total = (...interfaces: Interface[]) => throughput({ t: 0, host: 'a', interfaces });

test('traffic is counted once, at the physical interfaces', () => {
  const kinds = interfaceKinds.filter((kind) => kind !== 'physical');
  const cable = carrier('lan', 10, { kind: 'physical' });
  expect(total(cable, ...kinds.map((kind) => carrier(`x-${kind}`, 1000, { kind })))).toBe(20);
  const slaves = [carrier('a', 4, { kind: 'physical' }), carrier('b', 6, { kind: 'physical' })];
  expect(total(...slaves, carrier('uplink', 10, { kind: 'bond' }))).toBe(20);
});

test('without hardware the outermost interface counts', () => {
  const of = (kind: Interface['kind'], bytes: number) => carrier(`x-${kind}`, bytes, { kind });
  expect(total(of('virtual', 10), of('tunnel', 7), of('bridge', 3), of('loopback', 9))).toBe(20);
  expect(total(of('tunnel', 7), of('dummy', 1), of('loopback', 9))).toBe(14);
  expect(total(of('ppp', 7), of('tunnel', 5))).toBe(14);
  expect(total(of('loopback', 5))).toBe(10);
  expect(total()).toBeNull();
});

test('a ppp interface counts when every physical one is down', () => {
  const ppp = carrier('ppp0', 7, { kind: 'ppp' });
  expect(total(carrier('eth0', 0, { kind: 'physical', up: false }), ppp)).toBe(14);
  expect(total(carrier('eth0', 8, { kind: 'physical' }), ppp)).toBe(16);
});

test('an interface without a kind is classified by its name', () => {
  const carried =
    `docker0 br0 br-12ab vmbr0 fwbr100i0 fwpr100p0 lxdbr0 incusbr0 virbr0 cni0 podman0 ovs-system ovsbr0 vif1.0
    tap100i0 tun0 wg0 tailscale0 ztabcdefgh ppp0 team0 bond0 vlan10 eth0.100 macvlan0 macvtap1 ipvlan0 veth12ab cali0a1b dummy0
    ifb0 vnet3 vxlan.calico flannel.1 utun3 awdl0 bridge100 lo`.split(/\s+/);
  const cables = [
    'eth0',
    'wlan0',
    'enp1s0',
    'wwan0',
    'usb0',
    'ens3f0np0',
    'green0',
    'ib0',
    'en0',
    'Ethernet 2',
  ];
  expect(total(...[...cables, ...carried].map((name) => carrier(name, 1)))).toBe(cables.length * 2);
  for (const name of carried) expect([name, total(carrier(name, 1))]).toEqual([name, 2]);
  expect(total(carrier('eth0', null))).toBeNull();
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

test('a missing figure is replaced by a spare one, and the others keep their places', () => {
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
