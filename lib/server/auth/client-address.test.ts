import { expect, test } from 'vitest';
import {
  clientOf,
  countedAddress,
  isLoopbackAddress,
  isLoopbackHost,
  networkMatcher,
  plainAddress,
} from './client-address';

const isTrusted = networkMatcher(['10.0.0.0/8', '2001:db8::7', '::ffff:192.0.2.9']);
const client = (peer: string, forwardedFor: string | null) => clientOf(peer, forwardedFor, isTrusted);

test.each([
  // A client itself: whatever it claims.
  ['203.0.113.1', null, '203.0.113.1'],
  ['203.0.113.1', '198.51.100.1', '203.0.113.1'],
  // Read from the right, as far as it was written by those who are trusted.
  ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '192.0.2.66, 198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', '192.0.2.66, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['2001:db8::7', '2001:DB8::99', '2001:db8::99'],
  ['192.0.2.9', '198.51.100.1', '198.51.100.1'],
  ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['::1', '198.51.100.1, 127.0.0.1', '198.51.100.1'],
  // With ports, brackets, IPv4 in IPv6, zones.
  ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['10.0.0.1', '[2001:db8::5]:4711', '2001:db8::5'],
  ['10.0.0.1', '[2001:db8::5]', '2001:db8::5'],
  ['10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
  ['10.0.0.1', 'fe80::1%eth0', 'fe80::1'],
  ['10.0.0.1', '[::ffff:198.51.100.1]:4711', '198.51.100.1'],
  ['10.0.0.1', '  198.51.100.1  ', '198.51.100.1'],
  ['10.0.0.1', '192.0.2.66,\t198.51.100.1', '198.51.100.1'],
  // What is no address ends the chain at the last that is known.
  ['10.0.0.1', 'unknown', '10.0.0.1'],
  ['10.0.0.1', 'for=198.51.100.1', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1;proto=https', '10.0.0.1'],
  ['10.0.0.1', '"198.51.100.1"', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1:', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1 198.51.100.2', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.256', '10.0.0.1'],
  ['10.0.0.1', '0x7f.1', '10.0.0.1'],
  ['10.0.0.1', '[198.51.100.1', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.0/8', '10.0.0.1'],
  ['10.0.0.1', '192.0.2.66, <script>', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1, _hidden', '10.0.0.1'],
  ['10.0.0.1', '198.51.100.1, unknown, 10.0.0.2', '10.0.0.2'],
  ['10.0.0.1', '', '10.0.0.1'],
  ['10.0.0.1', ',,,', '10.0.0.1'],
  ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
])('%s that says %j is %s', (peer, forwardedFor, address) => {
  expect(client(peer, forwardedFor)).toEqual({ address, isForwarded: forwardedFor !== null });
});

test('a chain of any length is read from its end', () => {
  const chain = `${'192.0.2.66, '.repeat(5_000)}198.51.100.1`;
  expect(client('10.0.0.1', chain).address).toBe('198.51.100.1');
  expect(client('10.0.0.1', '10.0.0.2,'.repeat(5_000)).isForwarded).toBe(true);
});

test.each([
  ['203.0.113.1', '203.0.113.1'],
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '::1'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:DB8:1:3::1', '2001:db8:1:3::/64'],
  ['2001:db8::5', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['fe80::1', 'fe80:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['', ''],
])('%s is counted as %s', (address, counted) => {
  expect(countedAddress(address)).toBe(counted);
});

test('which addresses are this machine', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopbackAddress)).toBe(true);
  expect(['10.0.0.1', '::', '', 'localhost'].some(isLoopbackAddress)).toBe(false);
  expect(['127.0.0.1', '::1', 'localhost', 'a.LOCALHOST.'].every(isLoopbackHost)).toBe(true);
  expect(['0.0.0.0', '::', 'nas', 'localhost.example'].some(isLoopbackHost)).toBe(false);
  expect(['::ffff:7f00:1', '::FFFF:10.0.0.1', 'fe80::1%eth0', '', 'x'].map(plainAddress)).toEqual([
    '127.0.0.1',
    '10.0.0.1',
    'fe80::1',
    '',
    'x',
  ]);
});
