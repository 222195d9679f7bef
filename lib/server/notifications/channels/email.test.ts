import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '@/lib/server/concurrency/clock';
import { type Channel, deliver, readChannel } from '../channel-registry';
import { resolveBySystem } from '../checked-lookup';
import { testAlert } from '../test-alert';
import { newVapidKey } from '../vapid';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly isSecure: boolean;
  readonly user: string | null;
}

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A real mail server on loopback, with a certificate that nobody signed. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, { envelope, secure, user }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        mails.push({
          from: envelope.mailFrom ? envelope.mailFrom.address : '',
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString(),
          isSecure: secure,
          user: typeof user === 'string' ? user : null,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

/** A server that accepts connections and sends the given text, or nothing. */
async function plainServer(greeting: string | null): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    if (greeting !== null) socket.end(greeting);
    closing.push(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function send(settings: Record<string, unknown>, timeoutMs = 5_000) {
  const read = readChannel({
    kind: 'email',
    name: 'Mail',
    host: '127.0.0.1',
    security: 'none',
    from: 'hostbeat@example.org',
    to: ['me@example.org', 'you@example.org'],
    ...settings,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problem.errors));
  const channel: Channel = { id: 'c', ...read.value };
  const alert = { ...testAlert('atlas', 1_795_000_000_000), name: '内存 is low\r\nBcc: evil@example.org' };
  const vapid = () => newVapidKey();
  const { signal } = new AbortController();
  const context = { clock: systemClock, resolve: resolveBySystem, timeoutMs, signal, vapid };
  return deliver(channel, { id: 'log-7-7-c', alerts: [alert] }, context);
}

test('a mail has its sender and recipients, and a repeat can be recognised', async () => {
  const { port, mails } = await mailServer();
  expect(await send({ port })).toEqual({ kind: 'delivered', detail: 'the mail server took it' });
  expect(mails[0]).toMatchObject({
    from: 'hostbeat@example.org',
    to: ['me@example.org', 'you@example.org'],
  });
  const text = mails[0]?.text ?? '';
  expect(text).toMatch(/^From: "?Hostbeat"? <hostbeat@example.org>/m);
  expect(text).toMatch(/^Subject: =\?UTF-8\?/m);
  expect(text).not.toMatch(/^Bcc:/im);
  expect(text).toMatch(/^Message-ID: <log-7-7-c@hostbeat>/im);
  expect(text).toMatch(/^Auto-Submitted: auto-generated/im);
});

test('local users get mail, and non-ASCII addresses are sent by the standards', async () => {
  const { port, mails } = await mailServer();
  const to = ['root@localhost', 'jörg@example.org', 'me@bücher.example', 'root@[127.0.0.1]'];
  expect(await send({ port, from: 'hostbeat@nas', to })).toMatchObject({ kind: 'delivered' });
  expect(mails[0]?.from).toBe('hostbeat@nas');
  expect(mails[0]?.to).toEqual([
    'root@localhost',
    'jörg@example.org',
    expect.stringMatching(/^me@(xn--bcher-kva|bücher)\.example$/),
    'root@[127.0.0.1]',
  ]);
  expect(mails[0]?.text).toMatch(/^To: .*root@localhost.*jörg@example.org.*me@xn--bcher-kva\.example/ims);
});

test.each(['a@b\r\nBcc: c@d', 'a@nas, c@nas', 'Root <root@nas>', 'a\u2028b@nas', 'root'])(
  '%j is refused as an address, and its path is given',
  (address) => {
    const mail = { kind: 'email', name: 'Mail', host: 'nas', from: 'a@nas', to: ['a@nas'] };
    expect(readChannel({ ...mail, to: ['a@nas', address] })).toMatchObject({
      ok: false,
      problem: { errors: [{ path: 'to.1' }] },
    });
    expect(readChannel({ ...mail, from: address })).toMatchObject({
      ok: false,
      problem: { errors: [{ path: 'from' }] },
    });
  },
);

test('the user and the password are sent', async () => {
  const { port, mails } = await mailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username ?? '' }) : done(new Error('Invalid login right?')),
  });
  expect((await send({ port, user: 'me', password: 'right' })).kind).toBe('delivered');
  expect(mails[0]?.user).toBe('me');
  const outcome = await send({ port, user: 'me', password: 'wrong' });
  expect(outcome).toEqual({
    kind: 'final',
    detail: 'the mail server refused the user or the password (535)',
  });
});

test('a mail is not sent in the clear when TLS is required', async () => {
  const { port, mails } = await mailServer();
  expect(await send({ port, security: 'starttls' })).toEqual({
    kind: 'retry',
    detail: 'the mail server does not do TLS as asked',
  });
  expect(await send({ port, security: 'tls' })).toEqual({
    kind: 'retry',
    detail: 'it does not speak TLS there',
  });
  expect(mails).toEqual([]);
});

test('a self-signed certificate is not trusted', async () => {
  const { port, mails } = await mailServer({ disabledCommands: [] });
  const outcome = await send({ port, security: 'starttls' });
  expect(outcome).toMatchObject({ kind: 'retry', detail: expect.stringContaining('certificate') });
  expect(mails).toEqual([]);
});

test.each([
  [451, 'retry'],
  [421, 'retry'],
  [550, 'final'],
] as const)('a refusal by %d is %s', async (responseCode, kind) => {
  const { port } = await mailServer({
    onRcptTo: (_address, _session, done) => done(Object.assign(new Error('secret reason'), { responseCode })),
  });
  expect(await send({ port })).toEqual({ kind, detail: `the mail server refused it (${responseCode})` });
});

test('a mail that some recipients refuse is delivered, with a note', async () => {
  const { port } = await mailServer({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('you')
        ? done(Object.assign(new Error('no such user'), { responseCode: 550 }))
        : done(),
  });
  expect(await send({ port })).toEqual({ kind: 'delivered', detail: 'the mail server took it for 1 of 2' });
});

test('a server that hangs, disconnects, speaks another protocol or is absent is retried', async () => {
  expect(await send({ port: await plainServer(null) }, 100)).toEqual({
    kind: 'retry',
    detail: 'no answer in time',
  });
  expect((await send({ port: await plainServer('') })).kind).toBe('retry');
  expect((await send({ port: await plainServer('HTTP/1.1 400 Bad Request\r\n\r\n') })).kind).not.toBe(
    'delivered',
  );
  const { port } = await mailServer();
  for (const close of closing.splice(0)) await close();
  expect(await send({ port })).toEqual({ kind: 'retry', detail: 'the connection was refused' });
});

test('a connection that is not accepted in time is aborted', async () => {
  const { port, mails } = await mailServer({
    onConnect: () => {},
  });
  expect(await send({ port }, 100)).toEqual({ kind: 'retry', detail: 'no answer in time' });
  expect(mails).toEqual([]);
});

test('no mail is sent to metadata addresses', async () => {
  const read = readChannel({
    kind: 'email',
    name: 'Mail',
    host: '169.254.169.254',
    from: 'a@example.org',
    to: ['b@example.org'],
  });
  expect(read).toMatchObject({ ok: false, problem: { errors: [{ path: 'host' }] } });
  // As the system's resolver reads it, it is the same address.
  expect(await send({ host: '2852039166', port: 25 })).toMatchObject({ kind: 'final' });
});
