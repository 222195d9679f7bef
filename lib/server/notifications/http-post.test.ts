import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '@/lib/server/concurrency/clock';
import { openReceiver, type Receiver } from '@/lib/testing/receiver';
import { type Resolve, resolveBySystem } from './checked-lookup';
import { post } from './http-post';
import { type Outcome, outcomeOfError, outcomeOfResponse } from './outcome';

let receiver: Receiver;
let other: Receiver;
beforeEach(async () => {
  receiver = await openReceiver();
  other = await openReceiver();
});
afterEach(() => Promise.all([receiver.close(), other.close()]));

interface Send {
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
}

async function send({ url = receiver.url, headers = {}, resolve, timeoutMs }: Send = {}): Promise<Outcome> {
  const network = {
    clock: systemClock,
    resolve: resolve ?? resolveBySystem,
    timeoutMs: timeoutMs ?? 5_000,
    signal: new AbortController().signal,
  };
  try {
    return outcomeOfResponse(await post({ url, headers, body: 'text' }, network));
  } catch (error) {
    return outcomeOfError(error);
  }
}

test.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [400, 'final'],
  [401, 'final'],
  [404, 'final'],
  [408, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
] as const)('%d is %s', async (status, kind) => {
  receiver.answer({ status });
  expect(await send()).toEqual({ kind, detail: `answered ${status}` });
  expect(receiver.received[0]?.body.toString()).toBe('text');
});

test('Retry-After is read in seconds and as a date', async () => {
  receiver.answer({ status: 429, headers: { 'Retry-After': '120' } });
  expect(await send()).toMatchObject({ retryAfterMs: 120_000 });
  const date = new Date(Date.now() + 60_000).toUTCString();
  receiver.answer({ status: 503, headers: { 'Retry-After': date } });
  const { retryAfterMs = 0 } = (await send()) as { retryAfterMs?: number };
  expect(retryAfterMs).toBeGreaterThan(50_000);
  expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  receiver.answer({ status: 429, headers: { 'Retry-After': '9999999' } });
  expect(await send()).toMatchObject({ retryAfterMs: 86_400_000 });
  receiver.answer({ status: 429, headers: { 'Retry-After': 'soon' } });
  expect(await send()).not.toHaveProperty('retryAfterMs');
});

test('a receiver that hangs, disconnects or is absent is retried', async () => {
  receiver.answer('hang');
  expect(await send({ timeoutMs: 100 })).toEqual({ kind: 'retry', detail: 'no answer in time' });
  receiver.answer('cut');
  expect(await send()).toEqual({ kind: 'retry', detail: 'the connection was cut' });
  const { url } = other;
  await other.close();
  expect(await send({ url })).toEqual({ kind: 'retry', detail: 'the connection was refused' });
  other = await openReceiver();
});

test('the time limit survives garbage collection', async () => {
  setFlagsFromString('--expose-gc');
  const collecting = setInterval(runInNewContext('gc') as () => void, 20);
  receiver.answer('hang');
  const outcome = await send({ timeoutMs: 400 }).finally(() => clearInterval(collecting));
  expect(outcome).toEqual({ kind: 'retry', detail: 'no answer in time' });
});

test('an endless response is cut off', async () => {
  receiver.answer({ status: 200, body: 'x'.repeat(5_000_000) });
  expect(await send()).toMatchObject({ kind: 'delivered' });
});

test.each([307, 308])('a redirect by %d is followed with method and body', async (status) => {
  receiver.answer({ status, headers: { Location: other.url } });
  const headers = { Authorization: 'Bearer secret', 'X-Hostbeat-Delivery': 'one' };
  expect(await send({ headers })).toMatchObject({ kind: 'delivered' });
  const [got] = other.received;
  expect([got?.method, got?.body.toString(), got?.headers['x-hostbeat-delivery']]).toEqual([
    'POST',
    'text',
    'one',
  ]);
  // Another port is another origin: whoever it is was not given this.
  expect(got?.headers.authorization).toBeUndefined();
});

test('a redirect within one origin keeps the authorization', async () => {
  receiver.answer((_request, index) =>
    index === 0 ? { status: 307, headers: { Location: '/elsewhere' } } : { status: 200 },
  );
  expect(await send({ headers: { Authorization: 'Bearer secret' } })).toMatchObject({ kind: 'delivered' });
  expect(receiver.received[1]).toMatchObject({
    path: '/elsewhere',
    headers: { authorization: 'Bearer secret' },
  });
});

test.each([301, 302, 303])('a redirect by %d would lose the message', async (status) => {
  receiver.answer({ status, headers: { Location: other.url } });
  expect(await send()).toMatchObject({ kind: 'final', detail: expect.stringContaining(`answers ${status}`) });
  expect(other.received).toEqual([]);
});

test('circular redirects end', async () => {
  receiver.answer({ status: 307, headers: { Location: receiver.url } });
  expect(await send()).toMatchObject({ kind: 'final', detail: 'it redirects more than 3 times' });
  expect(receiver.received).toHaveLength(4);
});

test.each([
  'http://169.254.169.254/latest/api/token',
  'http://2852039166/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[fe80::1]/',
  'file:///etc/passwd',
])('a redirect to %s is not followed', async (target) => {
  receiver.answer({ status: 307, headers: { Location: target } });
  expect(await send()).toMatchObject({ kind: 'final' });
});

const leadsTo =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

test('a name is checked by its addresses, also after a redirect', async () => {
  const resolve = leadsTo('169.254.169.254');
  const refused = {
    kind: 'final',
    detail: 'metadata.test leads to 169.254.169.254, which is refused',
  };
  expect(await send({ url: 'http://metadata.test/', resolve })).toEqual(refused);
  receiver.answer({ status: 307, headers: { Location: 'http://metadata.test/' } });
  expect(await send({ resolve })).toEqual(refused);
});

test('one refused address among others refuses the name', async () => {
  const resolve = leadsTo('127.0.0.1', 'fe80::1');
  const url = `http://both.test:${receiver.port}/`;
  expect(await send({ url, resolve })).toMatchObject({ kind: 'final' });
  expect(receiver.received).toEqual([]);
});

test('the checked address is the one connected to, even if the name changes', async () => {
  let asked = 0;
  const resolve: Resolve = async () => {
    asked += 1;
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
  };
  const url = `http://fickle.test:${receiver.port}/`;
  expect(await send({ url, resolve })).toMatchObject({ kind: 'delivered' });
  expect(asked).toBe(1);
});

test('an unknown name is retried', async () => {
  const resolve: Resolve = () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
  expect(await send({ url: 'http://nowhere.test/', resolve })).toEqual({
    kind: 'retry',
    detail: 'the name is not known',
  });
});
