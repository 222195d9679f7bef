import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openHttpGuard } from './guard';
import { forwardedHeader, peerHeader } from './peer';
import { bodyBytesMax } from './request-body';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server with a guard, which answers with the body that it is given and says who asked. */
async function guarded(options: { bodyTimeoutMs?: number; trustedProxies?: string[] } = {}) {
  const guard = openHttpGuard({
    host: '127.0.0.1',
    allowedHosts: [],
    allowedOrigins: [],
    trustedProxies: [],
    ...options,
  });
  const server = createServer({ requireHostHeader: false });
  servers.push(server);
  const passed: string[] = [];
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const)
    server.on(event, (incoming, answer) =>
      guard.admit(incoming, answer, async (admitted) => {
        passed.push(admitted.url ?? '');
        let body = '';
        for await (const part of admitted) body += part;
        answer.end(`${admitted.headers[peerHeader]} ${admitted.headers[forwardedHeader]} [${body}]`);
      }),
    );
  server.on('clientError', (error, socket) => guard.refuseBroken(error, socket));
  server.on('connect', (incoming, socket) => guard.refuseTunnel(incoming, socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  /** What comes back until the server ends the connection, or `until` is in it. */
  function ask(text: string, until?: string, more: (socket: Socket) => void = () => {}): Promise<string> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
      socket.on('data', (part) => {
        received += part;
        if (until !== undefined && received.includes(until)) socket.destroy();
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(received));
      more(socket);
    });
  }
  return { ask, passed };
}

const head = (first: string, ...headers: string[]) =>
  `${[`${first} HTTP/1.1`, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`;
const post = (...headers: string[]) => head('POST /api/events', ...headers);
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status);

test('a body comes as a whole, however it is sent', async () => {
  const { ask } = await guarded();
  expect(await ask(`${post('Content-Length: 2', 'Connection: close')}hi`)).toContain('127.0.0.1 0 [hi]');
  const chunks = '1\r\nh\r\n1;x=y\r\ni\r\n0\r\nTrailer: x\r\n\r\n';
  expect(await ask(post('Transfer-Encoding: chunked', 'Connection: close') + chunks)).toContain('[hi]');
  expect(await ask(`${head('GET /api/x', 'Content-Length: 2', 'Connection: close')}hi`)).toContain('[hi]');
  expect(await ask(post('Connection: close'))).toContain('[]');
});

test('who waits for leave to send its body gets it, and no leave for one that is too large', async () => {
  const { ask } = await guarded();
  const leave = await ask(`${post('Expect: 100-continue', 'Content-Length: 2', 'Connection: close')}hi`);
  expect(statuses(leave)).toEqual(['100', '200']);
  const none = await ask(post('Expect: 100-continue', `Content-Length: ${bodyBytesMax + 1}`));
  expect(statuses(none)).toEqual(['413']);
  const odd = await ask(post('Expect: 200-maybe', 'Content-Length: 2'));
  expect(statuses(odd)).toEqual(['417']);
});

test('a body that is too large is refused while it comes, and reaches no handler', async () => {
  const { ask, passed } = await guarded();
  const full = await ask(
    `${post(`Content-Length: ${bodyBytesMax}`, 'Connection: close')}${'x'.repeat(bodyBytesMax)}`,
  );
  expect(statuses(full)).toEqual(['200']);
  const said = await ask(post(`Content-Length: ${bodyBytesMax + 1}`), '"status":413');
  expect(said).toContain('application/problem+json');
  const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
  const endless = await ask(post('Transfer-Encoding: chunked'), undefined, (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour).once('connect', pour);
  });
  expect(endless === '' || statuses(endless)[0] === '413').toBe(true);
  expect(passed).toEqual(['/api/events']);
});

test('after a body that was refused and came to its end, the connection goes on', async () => {
  const { ask } = await guarded();
  const both = post(`Content-Length: ${bodyBytesMax + 1}`) + 'x'.repeat(bodyBytesMax + 1);
  expect(statuses(await ask(both + head('GET /api/x', 'Connection: close')))).toEqual(['413', '200']);
});

test('a body that does not end is given up, and reaches no handler', async () => {
  const { ask, passed } = await guarded({ bodyTimeoutMs: 50 });
  for (const request of [
    `${post('Content-Length: 10')}hi`,
    `${post('Transfer-Encoding: chunked')}2\r\nhi\r\n`,
  ]) {
    const said = await ask(request);
    expect(statuses(said)).toEqual(['408']);
    expect(said).toContain('application/problem+json');
  }
  expect(passed).toEqual([]);
});

test.each([
  ['both lengths', `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`, '400'],
  ['two lengths', `${post('Content-Length: 5', 'Content-Length: 6')}hello`, '400'],
  ['a coding after chunked', `${post('Transfer-Encoding: chunked, gzip')}0\r\n\r\n`, '400'],
  ['a coding before chunked', `${post('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`, '501'],
  [
    'codings in two lines',
    `${post('Transfer-Encoding: gzip', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    '501',
  ],
  ['a coding of a GET', `${head('GET /api/x', 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n`, '501'],
  [
    'chunks of HTTP/1.0',
    'POST /api/events HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400',
  ],
  ['a length that is no number', `${post('Content-Length: +5')}hello`, '400'],
  ['a chunk without a size', `${post('Transfer-Encoding: chunked')}z\r\n`, '400'],
  ['a space before a colon', head('GET /api/x', 'X : y'), '400'],
  ['a folded header', head('GET /api/x', 'X: y\r\n z'), '400'],
  ['a bare line feed', 'GET /api/x HTTP/1.1\nHost: localhost\n\n', '400'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc', '400'],
  ['no method of HTTP', head('BREW /api/x'), '501'],
  ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505'],
  ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n', '505'],
  ['a tunnel', head('CONNECT localhost:443'), '405'],
  ['a header beyond all bounds', head('GET /api/x', `X: ${'y'.repeat(20_000)}`), '431'],
  ['an address beyond all bounds', `GET /${'y'.repeat(20_000)}`, '414'],
])('%s is answered as a problem', async (_, request, status) => {
  const { ask, passed } = await guarded();
  const said = await ask(request);
  expect(statuses(said)).toEqual([status]);
  const [headers = '', body = ''] = said.split('\r\n\r\n');
  expect(headers).toMatch(/^content-type: application\/problem\+json; charset=utf-8\r$/im);
  expect(headers).toMatch(/^cross-origin-opener-policy: same-origin\r?$/im);
  expect(headers).toMatch(/^content-security-policy: default-src 'none'/im);
  expect(JSON.parse(body)).toMatchObject({ status: Number(status), detail: expect.any(String) });
  expect(passed).toEqual([]);
});

test.each(['gzip', 'br', 'gzip, identity'])(
  'a body that is %s is told so and passes nobody',
  async (coding) => {
    const { ask, passed } = await guarded();
    const said = await ask(
      `${post(`Content-Encoding: ${coding}`, 'Content-Length: 2', 'Connection: close')}hi`,
    );
    expect(statuses(said)).toEqual(['415']);
    expect(said).toContain('"/problems/unsupported-encoding"');
    expect(passed).toEqual([]);
    const plain = ['Content-Encoding: identity', 'Content-Length: 2', 'Connection: close'];
    expect(await ask(`${post(...plain)}hi`)).toContain('[hi]');
  },
);

test('pipelined requests are answered in their order, and then what is no request', async () => {
  const { ask } = await guarded();
  const said = await ask(`${head('GET /api/x')}${head('TRACE /')}${head('GET /api/y')}NONSENSE\r\n\r\n`);
  expect(statuses(said)).toEqual(['200', '405', '200', '501']);
});

test('a refusal of HEAD has no body', async () => {
  const { ask } = await guarded();
  const said = await ask(head('HEAD //x', 'Connection: close'));
  expect(statuses(said)).toEqual(['400']);
  expect(said.endsWith('\r\n\r\n')).toBe(true);
});

test('the client’s address comes from trusted proxies, and never from the client', async () => {
  const own = [`X-Hostbeat-Peer: 192.0.2.1`, 'X-Hostbeat-Forwarded: 0', 'Connection: close'];
  const { ask } = await guarded();
  expect(await ask(head('GET /api/x', ...own))).toContain('127.0.0.1 0 []');
  const chain = ['X-Forwarded-For: 192.0.2.66', 'X-Forwarded-For: 198.51.100.1'];
  expect(await ask(head('GET /api/x', ...chain, ...own))).toContain('198.51.100.1 1 []');
  const behind = await guarded({ trustedProxies: ['127.0.0.1', '198.51.100.0/24'] });
  expect(await behind.ask(head('GET /api/x', ...chain, ...own))).toContain('192.0.2.66 1 []');
  const six = ['X-Forwarded-For: 2001:db8:1:2:3:4:5:6', 'Connection: close'];
  expect(await ask(head('GET /api/x', ...six))).toContain('2001:db8:1:2::/64 1 []');
});

test('a parameter that an address does not have is refused before anything else sees the request', async () => {
  const { ask, passed } = await guarded();
  expect(statuses(await ask(head('GET /api/alerts?from=-1h', 'Connection: close')))).toEqual(['400']);
  expect(statuses(await ask(head('GET /api/alerts?state=firing', 'Connection: close')))).toEqual(['200']);
  expect(statuses(await ask(head('GET /api/health?cache=1', 'Connection: close')))).toEqual(['200']);
  expect(passed).toEqual(['/api/alerts?state=firing', '/api/health?cache=1']);
});
