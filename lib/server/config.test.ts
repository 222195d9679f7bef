import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, describeConfig, parseConfig, stateDirectory, unknownVariables } from './config';

test('an empty environment has every default', () => {
  expect(parseConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    dataDir: stateDirectory({}),
    intervalMs: 1000,
    procPath: '/proc',
    sysPath: '/sys',
    rootfsPath: '/',
    hostName: null,
    demoSeed: null,
    allowedHosts: [],
    allowedOrigins: [],
    frameAncestors: "'self'",
    maxStreams: 20_000,
    maxStreamsPerAddress: 200,
    maxPublishPerSecond: 1000,
    trustedProxies: [],
  });
});

test('an empty variable is an unset one', () => {
  const empty = Object.fromEntries(describeConfig().map(({ name }) => [name, ' ']));
  expect(parseConfig(empty)).toEqual(parseConfig({}));
});

test.each([
  ['PORT', '0', { port: 0 }],
  ['PORT', '65535', { port: 65_535 }],
  ['HOST', '::1', { host: '::1' }],
  ['HOST', '[::1]', { host: '::1' }],
  ['HOST', 'fe80::1%eth0', { host: 'fe80::1%eth0' }],
  ['HOST', 'atlas.lan', { host: 'atlas.lan' }],
  ['HOSTBEAT_DATA_DIR', '/var/lib/hostbeat', { dataDir: resolve('/var/lib/hostbeat') }],
  ['HOSTBEAT_DATA_DIR', 'data', { dataDir: resolve('data') }],
  ['HOSTBEAT_INTERVAL_MS', '200', { intervalMs: 200 }],
  ['HOSTBEAT_INTERVAL_MS', '60000', { intervalMs: 60_000 }],
  ['HOSTBEAT_PROC', '/host/proc', { procPath: '/host/proc' }],
  ['HOSTBEAT_SYS', '/host/sys', { sysPath: '/host/sys' }],
  ['HOSTBEAT_ROOTFS', '/host', { rootfsPath: '/host' }],
  ['HOSTBEAT_HOST_NAME', 'atlas-2.lan_b', { hostName: 'atlas-2.lan_b' }],
  ['HOSTBEAT_DEMO', '0', { demoSeed: 0 }],
  ['HOSTBEAT_DEMO', '4294967295', { demoSeed: 4_294_967_295 }],
  [
    'HOSTBEAT_ALLOWED_HOSTS',
    'Atlas.lan, status.example.org:8443,[fd00::1]:3000',
    { allowedHosts: ['atlas.lan', 'status.example.org:8443', '[fd00::1]:3000'] },
  ],
  ['HOSTBEAT_ALLOWED_HOSTS', '*', { allowedHosts: ['*'] }],
  [
    'HOSTBEAT_ALLOWED_ORIGINS',
    'https://Example.org:443/,http://localhost:5173',
    { allowedOrigins: ['https://example.org', 'http://localhost:5173'] },
  ],
  ['HOSTBEAT_FRAME_ANCESTORS', "'none'", { frameAncestors: "'none'" }],
  [
    'HOSTBEAT_FRAME_ANCESTORS',
    "'self', https://*.example.org http://127.0.0.1:8080 https: https://[::1]:3000 wiki.example.org:*",
    {
      frameAncestors:
        "'self' https://*.example.org http://127.0.0.1:8080 https: https://[::1]:3000 wiki.example.org:*",
    },
  ],
  ['HOSTBEAT_MAX_STREAMS', '1', { maxStreams: 1 }],
  ['HOSTBEAT_MAX_STREAMS_PER_ADDRESS', '5000', { maxStreamsPerAddress: 5_000 }],
  [
    'HOSTBEAT_TRUSTED_PROXIES',
    '10.0.0.0/8, ::1, 192.168.1.5, fd00::/8',
    { trustedProxies: ['10.0.0.0/8', '::1', '192.168.1.5', 'fd00::/8'] },
  ],
])('%s takes %s', (name, value, read) => {
  expect(parseConfig({ [name]: value })).toMatchObject(read);
});

test.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '3000.5'],
  ['HOST', 'a b'],
  ['HOST', 'http://atlas'],
  ['HOSTBEAT_DATA_DIR', 'a\0b'],
  ['HOSTBEAT_INTERVAL_MS', '199'],
  ['HOSTBEAT_INTERVAL_MS', '60001'],
  ['HOSTBEAT_INTERVAL_MS', '1e3'],
  ['HOSTBEAT_PROC', 'a\0b'],
  ['HOSTBEAT_SYS', 'a\0b'],
  ['HOSTBEAT_ROOTFS', 'a\0b'],
  ['HOSTBEAT_HOST_NAME', 'a b'],
  ['HOSTBEAT_HOST_NAME', 'x'.repeat(65)],
  ['HOSTBEAT_DEMO', 'yes'],
  ['HOSTBEAT_DEMO', '-1'],
  ['HOSTBEAT_DEMO', '4294967296'],
  ['HOSTBEAT_ALLOWED_HOSTS', 'https://example.org'],
  ['HOSTBEAT_ALLOWED_HOSTS', 'a/b'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'example.org'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'https://example.org/path'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'https://example.org/?'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'https://user@example.org'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'ftp://example.org'],
  ['HOSTBEAT_ALLOWED_ORIGINS', '*'],
  ['HOSTBEAT_ALLOWED_ORIGINS', 'null'],
  ['HOSTBEAT_FRAME_ANCESTORS', '*'],
  ['HOSTBEAT_FRAME_ANCESTORS', ','],
  ['HOSTBEAT_FRAME_ANCESTORS', "'unsafe-inline'"],
  ['HOSTBEAT_FRAME_ANCESTORS', "'none' https://example.org"],
  ['HOSTBEAT_FRAME_ANCESTORS', 'https://example.org/path'],
  ['HOSTBEAT_FRAME_ANCESTORS', 'data:'],
  ['HOSTBEAT_MAX_STREAMS', '0'],
  ['HOSTBEAT_MAX_STREAMS_PER_ADDRESS', 'many'],
  ['HOSTBEAT_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['HOSTBEAT_TRUSTED_PROXIES', 'proxy.lan'],
])('%s does not take %j, and says so in one line', (name, value) => {
  const attempt = () => parseConfig({ [name]: value });
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(new RegExp(`^${name}: got ".*", takes [^\\n]+$`));
});

test.each([
  "'self'; script-src *",
  "'self' ;script-src *",
  "'self'\nX-Injected: 1",
  "'self'\r\nX-Injected: 1",
  'https://a.org;x',
  'https://a.org\thttps://b.org',
  '"https://a.org"',
])('nothing can be injected into a header by way of frame ancestors: %j', (value) => {
  expect(() => parseConfig({ HOSTBEAT_FRAME_ANCESTORS: value })).toThrow(
    /^HOSTBEAT_FRAME_ANCESTORS: got [^\n]+$/,
  );
});

test('the line names the given value and the accepted ones', () => {
  expect(() => parseConfig({ PORT: 'http' })).toThrow(
    'PORT: got "http", takes a whole number from 0 to 65535',
  );
});

test('each bad variable has its own line', () => {
  const attempt = () => parseConfig({ PORT: 'x', HOSTBEAT_INTERVAL_MS: 'y' });
  expect(attempt).toThrow(/^PORT: .+\nHOSTBEAT_INTERVAL_MS: .+$/);
});

test('a long value is cut, and cannot break the line', () => {
  const attempt = () => parseConfig({ PORT: `1\n${'x'.repeat(500)}` });
  expect(attempt).toThrow(/^PORT: got "1\\nx{58}", takes/);
});

test('the state directory is the habit of the system', () => {
  const at = (env: Record<string, string>, platform: NodeJS.Platform) => stateDirectory(env, platform);
  expect(at({ XDG_STATE_HOME: '/state' }, 'linux')).toBe(join('/state', 'hostbeat'));
  expect(at({ XDG_STATE_HOME: 'state' }, 'linux')).toContain(join('.local', 'state', 'hostbeat'));
  expect(at({}, 'darwin')).toContain(join('Library', 'Application Support', 'hostbeat'));
  expect(at({ LOCALAPPDATA: '/local' }, 'win32')).toBe(join('/local', 'hostbeat'));
});

test('without a home directory the error names the variable to set, unless the folder is known', () => {
  const homeless = () => {
    throw new Error('ENOENT: no such file or directory, uv_os_homedir');
  };
  for (const platform of ['linux', 'darwin', 'win32'] as const)
    expect(stateDirectory({}, platform, homeless)).toBeNull();
  for (const home of ['', '.', 'home']) expect(stateDirectory({}, 'linux', () => home)).toBeNull();
  expect(stateDirectory({ XDG_STATE_HOME: '/state' }, 'linux', homeless)).toBe(join('/state', 'hostbeat'));
  expect(stateDirectory({ LOCALAPPDATA: '/local' }, 'win32', homeless)).toBe(join('/local', 'hostbeat'));
  expect(stateDirectory({}, 'linux', () => '/')).toBe('/.local/state/hostbeat');
});

test.each([
  ['.example.org', '.example.org'],
  ['.Example.ORG.:8443', '.example.org:8443'],
  ['nas.', 'nas'],
  ['B\u00fccher.example', 'xn--bcher-kva.example'],
  ['.b\u00fccher.example', '.xn--bcher-kva.example'],
  ['[FD00:0::1]', '[fd00::1]'],
  ['my_nas:80', 'my_nas:80'],
])('the allowed host %s is %s', (given, read) => {
  expect(parseConfig({ HOSTBEAT_ALLOWED_HOSTS: given }).allowedHosts).toEqual([read]);
});

test.each(['.', '..', '..example.org', 'a..b', '*.lan', '*:3000', 'a:65536', 'a:', '.[::1]', '[::1', 'a b'])(
  'the allowed host %j could never be asked for and is refused',
  (given) => {
    expect(() => parseConfig({ HOSTBEAT_ALLOWED_HOSTS: given })).toThrow(
      /^HOSTBEAT_ALLOWED_HOSTS: got [^\n]*$/,
    );
  },
);

test.each(['https://*.example.org', 'https://.example.org', 'https://a..b', 'http://*'])(
  'the allowed origin %s, which no browser sends, is refused',
  (given) => {
    expect(() => parseConfig({ HOSTBEAT_ALLOWED_ORIGINS: given })).toThrow(/^HOSTBEAT_ALLOWED_ORIGINS: got/);
  },
);

test('a demo machine has a data folder of its own, unless one is configured', () => {
  expect(parseConfig({ HOSTBEAT_DEMO: '7' }).dataDir).toBe(join(String(stateDirectory({})), 'demo-7'));
  const configured = { HOSTBEAT_DEMO: '7', HOSTBEAT_DATA_DIR: '/data' };
  expect(parseConfig(configured).dataDir).toBe(resolve('/data'));
});

test('a slip in a name is noticed; what the tests set is not one', () => {
  const env = { HOSTBEAT_INTERVAL: '1', HOSTBEAT_COLOUR: 'red', HOSTBEAT_TEST_CHROMIUM: 'x', PATH: '/' };
  expect(unknownVariables(env)).toEqual([
    'HOSTBEAT_INTERVAL means nothing to Hostbeat; did you mean HOSTBEAT_INTERVAL_MS?',
    'HOSTBEAT_COLOUR means nothing to Hostbeat',
  ]);
});

test('every variable is described', () => {
  for (const { name, takes, meaning, default: fallback } of describeConfig()) {
    expect([name, takes.length > 3, meaning.length > 10, fallback]).toEqual([name, true, true, fallback]);
    expect(fallback).not.toBe('undefined');
  }
});
