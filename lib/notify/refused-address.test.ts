import { expect, test } from 'vitest';
import { httpUrl } from './channel-kind';
import { isRefusedAddress } from './refused-address';

test.each([
  '169.254.169.254',
  '169.254.0.1',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '0.0.0.0',
  '0.1.2.3',
  '::',
  '[::]',
  'fe80::1',
  '[fe80::1%eth0]',
  'fd00:ec2::254',
  '::ffff:169.254.169.254',
  '[::ffff:a9fe:a9fe]',
  '::ffff:0.0.0.0',
  '::169.254.169.254',
  '64:ff9b::169.254.169.254',
  '2002:a9fe:a9fe::1',
])('%s is refused', (address) => {
  expect(isRefusedAddress(address)).toBe(true);
});

test.each(['127.0.0.1', '::1', '10.0.0.7', '192.168.1.2', '172.16.3.4', 'fd12::1', '203.0.113.9', 'ntfy.sh'])(
  '%s is where receivers may be',
  (address) => {
    expect(isRefusedAddress(address)).toBe(false);
  },
);

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://169.254.169.254./',
  'http://[::ffff:169.254.169.254]/',
  'http://0/',
  'http://1６9.254.169.254/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'http://user:password@example.org/',
  'example.org',
])('%s is no address to post to', (text) => {
  expect(httpUrl.safeParse(text).success).toBe(false);
});
