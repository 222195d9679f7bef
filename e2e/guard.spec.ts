import { connect } from 'node:net';
import { type RunningServer, startServer } from './server';
import { expect, test } from './test';

interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are and gives what came until the server ended the connection. */
function send({ port }: RunningServer, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.on('data', (part) => {
      received += part;
    });
    socket.once('error', reject).once('close', () => resolve(received));
  });
}

async function ask(
  server: RunningServer,
  first: string,
  headers: readonly string[],
  body = '',
): Promise<Answer> {
  const lines = [first, ...headers, 'Connection: close'];
  const said = await send(server, `${lines.join('\r\n')}\r\n\r\n${body}`);
  const end = said.indexOf('\r\n\r\n');
  const [line = '', ...rest] = said.slice(0, end).split('\r\n');
  const named = rest.map((header) => header.split(/: ?(.*)/s, 2) as [string, string]);
  return {
    status: Number(line.split(' ')[1]),
    headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
    body: said.slice(end + 4),
  };
}

function expectProblem({ headers, body, status }: Answer, expected: number, what: string): void {
  expect(status, what).toBe(expected);
  expect(headers['content-type'], what).toBe('application/problem+json; charset=utf-8');
  expect(headers['x-content-type-options'], what).toBe('nosniff');
  expect(headers['cross-origin-opener-policy'], what).toBe('same-origin');
  expect(headers['content-security-policy'], what).toContain("default-src 'none'");
  expect(headers.location, what).toBeUndefined();
  expect(JSON.parse(body), what).toMatchObject({ status: expected, title: expect.any(String) });
}

const message = JSON.stringify({ type: 'message', data: { text: 'hello' } });
const hostOf = ({ port }: RunningServer) => `Host: 127.0.0.1:${port}`;

for (const [first, status, ...headers] of [
  ['GET / HTTP/1.1', 400, 'Host: localhost', 'Host: localhost'],
  ['GET /api/events HTTP/1.1', 400, 'Host: localhost', 'Host: evil.example'],
  ['GET /api/health HTTP/1.1', 400],
  ['GET /api/health HTTP/1.1', 403, 'Host: evil.example'],
  ['GET http://evil.example/ HTTP/1.1', 403, 'Host: localhost'],
  ['GET http://evil.example//x HTTP/1.1', 400, 'Host: evil.example'],
  ['GET http://localhost/api/events HTTP/1.1', 403, 'Host: evil.example'],
  ['GET //evil.example/%2e%2e HTTP/1.1', 400, 'Host: localhost'],
  ['GET /\\evil.example/ HTTP/1.1', 400, 'Host: localhost'],
  ['GET /embed/../api/health HTTP/1.1', 400, 'Host: localhost'],
  ['GET /api/%ff HTTP/1.1', 400, 'Host: localhost'],
  ['OPTIONS * HTTP/1.1', 405, 'Host: localhost'],
  ['OPTIONS * HTTP/1.1', 403, 'Host: evil.example'],
  ['GET /api/health HTTP/1.1', 501, 'Host: localhost', 'Transfer-Encoding: gzip, chunked'],
  ['POST /api/events HTTP/1.1', 415, 'Host: localhost', 'Content-Encoding: gzip', 'Content-Length: 0'],
  ['TRACE / HTTP/1.1', 405, 'Host: localhost'],
  ['TRACE /api/events HTTP/1.1', 405, 'Host: localhost'],
  ['CONNECT evil.example:443 HTTP/1.1', 405, 'Host: evil.example:443'],
  ['POST / HTTP/1.1', 405, 'Host: localhost', 'Next-Action: 0123'],
  ['PROPFIND / HTTP/1.1', 501, 'Host: localhost'],
  ['BREW /api/events HTTP/1.1', 501, 'Host: localhost'],
  ['GET /api/health HTTP/3.0', 505, 'Host: localhost'],
  [`GET /api/health?${'x'.repeat(9_000)} HTTP/1.1`, 414, 'Host: localhost'],
  ['GET /api/health HTTP/1.1', 431, 'Host: localhost', `X: ${'y'.repeat(20_000)}`],
  ['GET /api/health HTTP/1.1', 431, 'Host: localhost', ...Array.from({ length: 300 }, () => 'X: y')],
  ['GET /api/health HTTP/1.1', 417, 'Host: localhost', 'Expect: 200-maybe'],
  ['POST /api/events HTTP/1.1', 400, 'Host: localhost', 'Content-Length: 0', 'Transfer-Encoding: chunked'],
  ['POST /api/events HTTP/1.1', 413, 'Host: localhost', 'Expect: 100-continue', 'Content-Length: 99999999'],
  ['GET /api/health HTTP/1.1', 403, 'Host: localhost', 'Sec-Fetch-Site: cross-site'],
  ['GET /api/events HTTP/1.1', 403, 'Host: localhost', 'Origin: https://localhost:8'],
] as const) {
  const shown = [first, ...headers].join(', ').slice(0, 90);
  test(`refused with ${status}: ${shown}`, async ({ server }) => {
    expectProblem(await ask(server, first, headers), status, shown);
  });
}

test('an absolute target of ours is answered, whatever the Host header', async ({ server }) => {
  const host = hostOf(server);
  for (const target of [`http://127.0.0.1:${server.port}/api/health`, 'http://localhost/api/health'])
    expect((await ask(server, `GET ${target} HTTP/1.1`, [host])).status, target).toBe(200);
});

test('a page of here may write, whichever of both names the default port, and no other scheme or port', async ({
  server,
}) => {
  for (const [host, origin, status] of [
    ['192.0.2.10:443', 'https://192.0.2.10', 201],
    ['192.0.2.10', 'https://192.0.2.10:443', 201],
    ['192.0.2.10:80', 'http://192.0.2.10', 201],
    [`127.0.0.1:${server.port}`, `http://127.0.0.1:${server.port}`, 201],
    [`127.0.0.1:${server.port}`, `https://127.0.0.1:${server.port}`, 403],
    ['192.0.2.10:443', 'http://192.0.2.10', 403],
  ] as const) {
    const headers = [`Host: ${host}`, `Origin: ${origin}`, `Content-Length: ${message.length}`];
    const answer = await ask(server, 'POST /api/events HTTP/1.1', headers, message);
    expect(answer.status, `${host} ${origin}`).toBe(status);
  }
});

test('a request that would like another protocol is answered in this one', async ({ server }) => {
  const upgrades = [
    ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'],
    ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='],
    ['Upgrade: TLS/1.0'],
  ];
  for (const upgrade of upgrades) {
    const headers = [hostOf(server), 'Connection: Upgrade, HTTP2-Settings', ...upgrade];
    expect((await ask(server, 'GET /api/health HTTP/1.1', headers)).status, upgrade[0]).toBe(200);
    expect((await ask(server, 'GET /_next/hmr HTTP/1.1', headers)).status, upgrade[0]).toBe(404);
    const body = [...headers, `Content-Length: ${message.length}`];
    expect((await ask(server, 'POST /api/events HTTP/1.1', body, message)).status, upgrade[0]).toBe(201);
  }
});

test('HTTP/1.0, bodies in chunks, and leave to send one', async ({ server }) => {
  const host = hostOf(server);
  expect((await ask(server, 'GET /api/health HTTP/1.0', [host])).status).toBe(200);
  const chunks = `1\r\n2\r\n3\r\n1.5\r\n0\r\n\r\n`;
  const chunked = await ask(
    server,
    'POST /api/sensors/a HTTP/1.1',
    [host, 'Transfer-Encoding: chunked'],
    chunks,
  );
  expect(chunked.status).toBe(201);
  const polite = [host, 'Expect: 100-continue', 'Content-Length: 4'];
  const leave = await ask(server, 'POST /api/sensors/a HTTP/1.1', polite, '21.5');
  expect(leave.status).toBe(100);
  expect(leave.body).toMatch(/^HTTP\/1\.1 201 /);
});

test('pipelined requests are answered in their order', async ({ server }) => {
  const one = (first: string, ...more: string[]) =>
    `${[`${first} HTTP/1.1`, hostOf(server), ...more].join('\r\n')}\r\n\r\n`;
  const said = await send(
    server,
    one('GET /api/health') + one('TRACE /') + one('GET /api/metrics') + one('GET //', 'Connection: close'),
  );
  expect([...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual([
    '200',
    '405',
    '200',
    '400',
  ]);
});

test('every way to be answered has the headers of every answer, once', async ({ server }) => {
  const host = hostOf(server);
  for (const [path, isApi] of [
    ['/', false],
    ['/nowhere', false],
    ['/icon.svg', false],
    ['/api/health', true],
    ['/api/nothing', true],
    ['/api/health/', true],
    ['/api/history.csv?metric=cpu.total', true],
    ['/api/events?types=nothing', true],
  ] as const) {
    const said = await send(server, `GET ${path} HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`);
    const headers = said.slice(0, said.indexOf('\r\n\r\n')).toLowerCase().split('\r\n');
    const count = (name: string) => headers.filter((line) => line.startsWith(`${name}:`)).length;
    for (const name of [
      'cross-origin-opener-policy',
      'cross-origin-resource-policy',
      'x-content-type-options',
    ])
      expect(count(name), `${path} ${name}`).toBe(1);
    if (isApi) {
      expect(count('content-security-policy'), path).toBe(1);
      expect(said, path).toMatch(/^content-security-policy: default-src 'none'/im);
      expect(said, path).toMatch(/^vary: .*\borigin\b/im);
    }
  }
});

test('clients are told of an end of idle connections that is before the real one', async ({ server }) => {
  const host = hostOf(server);
  for (const path of ['/', '/api/health', '/api/nothing', '/icon.svg']) {
    const kept = await send(
      server,
      `HEAD ${path} HTTP/1.1\r\n${host}\r\n\r\nHEAD ${path} HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(kept.match(/^keep-alive: .*$/gim), path).toEqual(['Keep-Alive: timeout=60']);
  }
});

test('behind a proxy each client has its own bound, also on this machine', async () => {
  const server = await startServer({
    HOSTBEAT_MAX_STREAMS_PER_ADDRESS: '2',
    HOSTBEAT_TRUSTED_PROXIES: '127.0.0.1, 198.51.100.7',
  });
  const controller = new AbortController();
  // An answer that nothing refers to is collected, which ends its stream.
  const held: Response[] = [];
  const open = async (forwardedFor: string | null) => {
    const headers: Record<string, string> = forwardedFor === null ? {} : { 'X-Forwarded-For': forwardedFor };
    const answer = await fetch(`${server.url}/api/events`, { headers, signal: controller.signal });
    held.push(answer);
    return answer.status;
  };
  const first = '203.0.113.1, 198.51.100.7';
  expect([await open(first), await open(first), await open(first)]).toEqual([200, 200, 503]);
  // What a client writes to the left of its own address changes nothing.
  expect(await open(`192.0.2.99, ${first}`)).toBe(503);
  expect(await open('203.0.113.2')).toBe(200);
  expect([await open(null), await open(null), await open(null)]).toEqual([200, 200, 503]);
  expect(held.map(({ status }) => status)).toHaveLength(8);
  controller.abort();
  await server.stop();
});

test('other machines get the status of a server that listens for them, and no more', async () => {
  const server = await startServer({ HOST: '0.0.0.0' });
  const toldTo = async (headers: Record<string, string>) =>
    Object.keys((await (await fetch(`${server.url}/api/health`, { headers })).json()) as object);
  expect(await toldTo({})).toEqual(expect.arrayContaining(['status', 'problems', 'version', 'log']));
  expect(await toldTo({ 'X-Forwarded-For': '203.0.113.1' })).toEqual(['status']);
  expect(await toldTo({ 'X-Forwarded-For': '127.0.0.1' })).toEqual(['status']);
  await server.stop();
});
