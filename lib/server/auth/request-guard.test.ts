import { expect, test } from 'vitest';
import { type GuardedRequest, type GuardOptions, guardRequest } from './request-guard';

const allowed: GuardOptions = {
  host: '127.0.0.1',
  allowedHosts: ['.example.org'],
  allowedOrigins: ['https://home.example'],
};

interface Asked extends Partial<Omit<GuardedRequest, 'header'>> {
  readonly headers?: Readonly<Record<string, string>>;
}

function decide({ headers = {}, ...asked }: Asked = {}, options = allowed) {
  return guardRequest(
    {
      method: 'GET',
      target: '/api/health',
      hosts: ['localhost:3000'],
      headerCount: 1,
      header: (name) => headers[name] ?? null,
      isFromProxy: false,
      listenPort: 3000,
      ...asked,
    },
    options,
  );
}

function codeOf(asked: Asked, options = allowed): string {
  const given = decide(asked, options);
  return given.kind === 'refuse' ? given.problem.code : given.kind;
}

test.each([
  [[], 'bad-request'],
  [['localhost', 'localhost'], 'bad-request'],
  [['localhost', 'evil.example'], 'bad-request'],
  [['localhost, evil.example'], 'bad-request'],
  [[''], 'bad-request'],
  [['user@localhost'], 'bad-request'],
  [['localhost/x'], 'bad-request'],
  [['evil.example'], 'wrong-host'],
  [['localhost:3000'], 'pass'],
])('the Host headers %j: %s', (hosts, code) => {
  expect(codeOf({ hosts })).toBe(code);
});

test.each([
  ['/', 'pass'],
  ['/api/health?x=%zz', 'pass'],
  ['http://localhost:3000/api/health', 'pass'],
  ['HTTPS://monitor.example.org/api/health', 'pass'],
  ['http://localhost:3000', 'pass'],
  ['http://evil.example/', 'wrong-host'],
  ['http://evil.example', 'wrong-host'],
  ['http://localhost@evil.example/', 'bad-path'],
  ['http:///x', 'wrong-host'],
  ['ftp://localhost/x', 'bad-path'],
  ['localhost:3000', 'bad-path'],
  ['*', 'bad-path'],
  ['', 'bad-path'],
  ['?x', 'bad-path'],
  ['http://localhost?x', 'pass'],
  ['http://localhost#x', 'bad-path'],
  ['//evil.example/x', 'bad-path'],
  ['/\\evil.example', 'bad-path'],
  ['/api//health', 'bad-path'],
  ['http://localhost//evil.example', 'bad-path'],
  ['/embed/../api/health', 'bad-path'],
  ['/embed/%2e%2E/api/health', 'bad-path'],
  ['/./x', 'bad-path'],
  ['/%zz', 'bad-path'],
  ['/%ff', 'bad-path'],
  ['/%00', 'bad-path'],
  ['/%0d%0aSet-Cookie:x', 'bad-path'],
  ['/x#y', 'bad-path'],
  ['/caf\u00e9', 'bad-path'],
  [`/${'a'.repeat(8_191)}`, 'pass'],
  [`/${'a'.repeat(8_192)}`, 'uri-too-long'],
])('the target %s: %s', (target, code) => {
  expect(codeOf({ target })).toBe(code);
});

test('an absolute target goes on as a path of the host that it names', () => {
  const given = decide({ target: 'http://a.example.org:8080?x=1', hosts: ['localhost'] });
  expect(given).toMatchObject({ kind: 'pass', url: '/?x=1', host: 'a.example.org:8080' });
  const misled = { target: 'http://localhost:3000/', hosts: ['evil.example'] };
  expect(codeOf(misled)).toBe('wrong-host');
});

test.each([
  ['GET', '/', 'pass'],
  ['HEAD', '/embed/cpu', 'pass'],
  ['OPTIONS', '/', 'options'],
  ['POST', '/', 'wrong-method'],
  ['DELETE', '/alerts', 'wrong-method'],
  ['PATCH', '/api/health', 'pass'],
  ['OPTIONS', '/api/health', 'pass'],
  ['OPTIONS', '*', 'wrong-method'],
  ['GET', '*', 'bad-path'],
  ['TRACE', '/', 'wrong-method'],
  ['TRACE', '/api/health', 'wrong-method'],
  ['CONNECT', 'evil.example:443', 'wrong-method'],
  ['PROPFIND', '/', 'not-implemented'],
  ['QUERY', '/api/health', 'not-implemented'],
  ['get', '/', 'not-implemented'],
])('%s %s: %s', (method, target, code) => {
  const given = decide({ method, target });
  expect(codeOf({ method, target })).toBe(code);
  if (code === 'wrong-method' && given.kind === 'refuse') expect(given.problem.allow).toContain('GET');
});

test('only the dev server has POST requests of its own', () => {
  const asked = { method: 'POST', target: '/__nextjs_original-stack-frames' };
  expect(codeOf(asked, { ...allowed, dev: true })).toBe('pass');
  expect(codeOf(asked)).toBe('wrong-method');
});

test('200 headers are enough', () => {
  expect(codeOf({ headerCount: 200 })).toBe('pass');
  expect(codeOf({ headerCount: 201 })).toBe('headers-too-large');
});

// Host, Origin, and whether that page is of here, where the server itself listens on 3000.
test.each([
  ['192.0.2.10:443', 'https://192.0.2.10', true],
  ['192.0.2.10', 'https://192.0.2.10:443', true],
  ['192.0.2.10:80', 'http://192.0.2.10', true],
  ['192.0.2.10', 'http://192.0.2.10:80', true],
  ['192.0.2.10', 'http://192.0.2.10', true],
  ['192.0.2.10', 'https://192.0.2.10', true],
  ['192.0.2.10:8443', 'https://192.0.2.10:8443', true],
  ['192.0.2.10:3000', 'http://192.0.2.10:3000', true],
  ['LOCALHOST:3000', 'http://localhost:3000', true],
  ['[::1]:3000', 'http://[::1]:3000', true],
  ['[0:0::1]:3000', 'http://[::1]:3000', true],
  ['192.0.2.10:3000', 'https://192.0.2.10:3000', false],
  ['192.0.2.10:443', 'http://192.0.2.10', false],
  ['192.0.2.10:443', 'http://192.0.2.10:443', false],
  ['192.0.2.10:80', 'https://192.0.2.10', false],
  ['192.0.2.10', 'http://192.0.2.10:443', false],
  ['192.0.2.10', 'https://192.0.2.10:80', false],
  ['192.0.2.10:8443', 'https://192.0.2.10', false],
  ['192.0.2.10:3000', 'http://192.0.2.10', false],
  ['192.0.2.10:3000', 'http://192.0.2.11:3000', false],
  ['192.0.2.10:3000', 'ftp://192.0.2.10:3000', false],
  ['192.0.2.10:3000', 'http://192.0.2.10:3000/', false],
  ['192.0.2.10:3000', 'null', false],
])('Host %s and a page of %s: the same is %s', (host, origin, isSame) => {
  const asked = { method: 'POST', target: '/api/events', hosts: [host], headers: { origin } };
  expect(codeOf(asked)).toBe(isSame ? 'pass' : 'wrong-origin');
});

test('only a trusted proxy names the scheme and host of the original request', () => {
  const post = (isFromProxy: boolean, headers: Record<string, string>) =>
    codeOf({ method: 'POST', target: '/api/events', hosts: ['localhost:3000'], isFromProxy, headers });
  const page = { origin: 'https://nas.example.org', 'x-forwarded-host': 'nas.example.org' };
  expect(post(true, { ...page, 'x-forwarded-proto': 'https' })).toBe('pass');
  expect(post(true, { ...page, 'x-forwarded-proto': 'http' })).toBe('wrong-origin');
  expect(post(true, page)).toBe('pass');
  expect(post(false, page)).toBe('wrong-origin');
  expect(post(true, { ...page, 'x-forwarded-host': 'evil.example' })).toBe('wrong-host');
  const rebound = { hosts: ['evil.example'], isFromProxy: true, headers: page };
  expect(codeOf(rebound)).toBe('wrong-host');
});

test('other sites ask nothing of the API unless their origin is allowed', () => {
  const ask = (target: string, headers: Record<string, string>) => codeOf({ target, headers });
  const cross = { 'sec-fetch-site': 'cross-site' };
  expect(ask('/api/health', cross)).toBe('wrong-origin');
  expect(ask('/%61pi/health', cross)).toBe('wrong-origin');
  expect(ask('/api%2Fhealth', cross)).toBe('wrong-origin');
  expect(ask('/api/history.csv', { ...cross, 'sec-fetch-mode': 'navigate' })).toBe('wrong-origin');
  expect(ask('/api/health', { 'sec-fetch-site': 'same-origin, cross-site' })).toBe('wrong-origin');
  expect(ask('/api/events', { ...cross, origin: 'https://home.example' })).toBe('pass');
  expect(ask('/api/events', { ...cross, origin: 'https://home.example:443' })).toBe('pass');
  expect(ask('/api/events', { ...cross, origin: 'http://home.example' })).toBe('wrong-origin');
  for (const site of ['same-origin', 'same-site', 'none'])
    expect(ask('/api/health', { 'sec-fetch-site': site })).toBe('pass');
  // A link to a page, and a panel in a frame of another site.
  expect(ask('/', cross)).toBe('pass');
  expect(ask('/embed/cpu', cross)).toBe('pass');
});

test('every answer is bound to its own origin, the API has a policy, and allowed pages read what helps them', () => {
  const headersOf = (asked: Asked) => decide(asked).headers;
  for (const asked of [{}, { target: '/' }, { target: '//' }, { method: 'TRACE' }, { hosts: [] }])
    expect(headersOf(asked)).toMatchObject({ 'Cross-Origin-Opener-Policy': 'same-origin' });
  for (const asked of [{}, { target: '//' }, { hosts: ['evil.example'] }])
    expect(headersOf(asked)['Content-Security-Policy']).toMatch(
      /^default-src 'none';.*frame-ancestors 'none'/,
    );
  expect(headersOf({ target: '/' })['Content-Security-Policy']).toBeUndefined();
  const exposed = headersOf({ headers: { origin: 'https://home.example' } })['Access-Control-Expose-Headers'];
  for (const name of ['Retry-After', 'RateLimit', 'RateLimit-Policy', 'Idempotency-Replayed'])
    expect(exposed?.split(', ')).toContain(name);
  expect(headersOf({})['Access-Control-Expose-Headers']).toBeUndefined();
  // Also of what is refused, or the page could not read why.
  const origin = { headers: { origin: 'https://home.example' } };
  for (const asked of [{ method: 'TRACE' }, { target: '//' }, { target: '*', method: 'OPTIONS' }])
    expect(headersOf({ ...asked, ...origin })).toMatchObject({
      'Access-Control-Allow-Origin': 'https://home.example',
      'Access-Control-Expose-Headers': exposed,
    });
  expect(codeOf({ method: 'OPTIONS', target: '*', hosts: ['evil.example'] })).toBe('wrong-host');
});
