import { expect, test } from 'vitest';
import { httpUrl } from '@/lib/protocol/channel-settings';
import { sendable } from './channel-kind';
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
  '2002:a83f:8110::',
  'fd00:ec2::23',
  '[fd00:ec2:0:1::253]',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
  '192.0.0.192',
  '255.255.255.255',
  '::ffff:100.100.100.200',
  '::ffff:168.63.129.16',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '::ffff:0:169.254.169.254',
  '::100.100.100.200',
  '64:ff9b::6464:64c8',
  '64:ff9b::a83f:8110',
  '64:ff9b:1::169.254.169.254',
  '64:ff9b:1:a9fe:a9:fe00::',
  '64:ff9b:1:a9:fe:a9fe::',
  '64:ff9b:1:0:a9:fea9:fe00:0',
  '2001:0:a9fe:a9fe:0:f227:3f57:fe01',
  '2001::4136:e378:8000:63bf:5601:5601',
  'fd12::5efe:169.254.169.254',
  '2001:db8::200:5efe:a9fe:a9fe',
  'metadata.google.internal',
  'Metadata.Google.Internal.',
  'metadata.goog',
  'metadata',
  'instance-data.ec2.internal',
])('%s is refused', (address) => {
  expect(isRefusedAddress(address)).toBe(true);
});

test.each([
  ...['127.0.0.1', '::1', '10.0.0.7', '192.168.1.2', '172.16.3.4', 'fd12::1', '203.0.113.9', 'ntfy.sh'],
  ...[
    '::ffff:192.168.1.2',
    '64:ff9b::203.0.113.9',
    '64:ff9b:1::10.0.0.7',
    '64:ff9b:1:a00:0:700::',
    '2002:c000:204::1',
  ],
  ...['metadata.example.org', 'google.internal', 'metadata.nas.lan'],
  ...['2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:db8::1', 'fd00:1234::254'],
])('%s is allowed', (address) => {
  expect(isRefusedAddress(address)).toBe(false);
});

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0251.0376.0251.0376/',
  'http://169.254.169.254./',
  'http://[::ffff:169.254.169.254]/',
  'http://0/',
  'http://1６9.254.169.254/',
  'http://metadata.google.internal/computeMetadata/v1/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'http://user:password@example.org/',
  'example.org',
])('%s is not accepted as a URL', (text) => {
  expect(sendable(httpUrl).safeParse(text).success).toBe(false);
});
