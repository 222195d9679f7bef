import { expect, test } from 'vitest';
import { readMailAddress, sendableMailAddress } from './mail-address';

test.each([
  ['root@localhost', 'root@localhost'],
  ['hostbeat@nas', 'hostbeat@nas'],
  ['me+tag@example.org', 'me+tag@example.org'],
  ['jörg@example.org', 'jörg@example.org'],
  ['me@bücher.example', 'me@xn--bcher-kva.example'],
  ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
  ['me@xn--bcher-kva.example', 'me@xn--bcher-kva.example'],
  ['root@[127.0.0.1]', 'root@[127.0.0.1]'],
  ['root@[IPv6:::1]', 'root@[IPv6:::1]'],
  [`${'a'.repeat(64)}@nas`, `${'a'.repeat(64)}@nas`],
])('%s is an address', (text, sent) => {
  expect(readMailAddress(text)).toBe(sent);
  expect(sendableMailAddress.safeParse(text).success).toBe(true);
});

test.each([
  '',
  'root',
  '@localhost',
  'root@',
  'a@b@c',
  '.a@nas',
  'a..b@nas',
  'a.@nas',
  'a@-nas',
  'a@nas.',
  'a@na..s',
  'a b@nas',
  'a@nas\r\nBcc: b@nas',
  'a\r\nBcc:b@nas',
  'a\n@nas',
  'a@nas,b@nas',
  'a@nas;b',
  'a<b@nas>',
  'Root <root@nas>',
  'a\u2028b@nas',
  'a\u202eb@nas',
  'a\u00a0b@nas',
  'a，b@nas',
  'a＠b@nas',
  'a＜b@nas',
  'a\ud83d@nas',
  'a\0@nas',
  'root@[::1]',
  'root@[nas]',
  'root@[IPv6:127.0.0.1]',
  `${'ö'.repeat(33)}@nas`,
  `a@${'b'.repeat(64)}`,
  `a@${'b.'.repeat(130)}c`,
])('%j is not an address', (text) => {
  expect(readMailAddress(text)).toBeNull();
  expect(sendableMailAddress.safeParse(text).success).toBe(false);
});
