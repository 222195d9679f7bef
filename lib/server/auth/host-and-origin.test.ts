import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { type AllowedCallers, checkRequest, crossOriginHeaders, preflightHeaders } from './host-and-origin';

const nobody: AllowedCallers = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };
const codeOf = (host: string | null, origin: string | null = null, allowed = nobody) =>
  checkRequest({ host, origin }, allowed)?.code ?? null;

test.each([
  'localhost:3000',
  'LOCALHOST',
  '127.0.0.1:3000',
  '192.168.1.9',
  '[::1]:3000',
  'dash.localhost',
  'localhost.:3000',
  `${hostname()}.`,
  hostname(),
  `${hostname()}.local:3000`,
])('%s is one of ours', (host) => {
  expect(codeOf(host)).toBeNull();
});

test.each([
  null,
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'a b',
  'localhost:99999999',
  'local.evil',
  '.',
  'evil.example.',
])('%j is not', (host) => {
  expect(codeOf(host)).toBe('wrong-host');
});

test('a name that is allowed is taken with its port or without', () => {
  const allowed = { ...nobody, allowedHosts: ['Status.example.org', 'other.example:8443'] };
  expect(codeOf('status.example.org', null, allowed)).toBeNull();
  expect(codeOf('status.example.org:3000', null, allowed)).toBeNull();
  expect(codeOf('other.example:8443', null, allowed)).toBeNull();
  expect(codeOf('other.example:9', null, allowed)).toBe('wrong-host');
  expect(codeOf('any.example', null, { ...nobody, allowedHosts: ['*'] })).toBeNull();
});

test('a domain with a dot before it is allowed with all below it, and nothing that only ends like it', () => {
  const allowed = { ...nobody, allowedHosts: ['.example.org', '.example.net:8443', 'web.example:443'] };
  const taken = [
    'monitor.example.org',
    'a.b.EXAMPLE.org.:3000',
    'example.org',
    'x.example.net:8443',
    'web.example',
  ];
  for (const host of taken) expect(codeOf(host, null, allowed), host).toBeNull();
  for (const host of ['badexample.org', 'example.org.evil.example', 'x.example.net', 'web.example:80', 'org'])
    expect(codeOf(host, null, allowed), host).toBe('wrong-host');
});

test.each(['[fe80::1%25eth0]:3000', '[fe80::1%eth0]', '[::ffff:192.0.2.1]', '127.1', 'localhost:'])(
  '%s is an address, or a name of ours',
  (host) => {
    expect(codeOf(host)).toBeNull();
  },
);

test('the name that the server listens on is one of ours', () => {
  const allowed = { ...nobody, host: 'Atlas.lan' };
  expect(codeOf('atlas.lan:3000', null, allowed)).toBeNull();
  expect(codeOf('atlas.lan.:3000', 'http://atlas.lan.:3000', allowed)).toBeNull();
  expect(codeOf('other.lan', null, allowed)).toBe('wrong-host');
  expect(codeOf('evil.example', null, { ...nobody, host: '::' })).toBe('wrong-host');
});

test('a page of this server may read, whatever the scheme of the proxy before it', () => {
  expect(codeOf('localhost:3000', 'http://localhost:3000')).toBeNull();
  expect(codeOf('127.0.0.1', 'https://127.0.0.1')).toBeNull();
});

test.each(['https://evil.example', 'http://localhost:4000', 'null', 'file://', 'nonsense', ''])(
  'a page of %j may not',
  (origin) => {
    expect(codeOf('localhost:3000', origin)).toBe('wrong-origin');
  },
);

test('an allowed origin is named in the answer, and no other ever is', () => {
  const allowedOrigins = ['https://home.example'];
  expect(codeOf('localhost', 'https://home.example', { ...nobody, allowedOrigins })).toBeNull();
  expect(crossOriginHeaders('https://home.example', allowedOrigins)).toMatchObject({
    'Access-Control-Allow-Origin': 'https://home.example',
  });
  for (const origin of [null, 'https://evil.example', '*']) {
    expect(crossOriginHeaders(origin, allowedOrigins)).toEqual({ Vary: 'Origin' });
  }
});

test('a preflight of an allowed origin may use our methods and headers; any other does not', () => {
  const origin = 'https://home.example';
  const asked = { method: 'OPTIONS', origin, asksFor: 'GET' };
  expect(preflightHeaders(asked, [origin])).toMatchObject({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': expect.stringContaining('POST'),
    'Access-Control-Allow-Headers': expect.stringContaining('Last-Event-ID'),
    Vary: 'Origin',
  });
  expect(preflightHeaders(asked, ['https://other.example'])).toBeNull();
  expect(preflightHeaders({ ...asked, origin: null }, [origin])).toBeNull();
  expect(preflightHeaders({ ...asked, asksFor: null }, [origin])).toBeNull();
  expect(preflightHeaders({ ...asked, method: 'GET' }, [origin])).toBeNull();
});
