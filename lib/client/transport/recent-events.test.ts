import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { encodeEvent } from '@/lib/server/streaming/encode';
import { fetchRecent, framesOf } from './recent-events';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

test('the text that the feed writes is read as its events', () => {
  const text =
    encodeEvent({ event: 'hello', data: '{"log":"a"}', retry: 2000 }) +
    encodeEvent({ id: 'a-1', event: 'cpu', data: '{"colon":": ","event":"id: x"}' }) +
    encodeEvent({ id: 'a-2', data: '{"text":"News"}' }) +
    encodeEvent({ id: 'a-2', event: 'heartbeat', data: '{"serverTime":1}', comment: 'still here' });
  expect(framesOf(text)).toEqual([
    ['hello', '{"log":"a"}', '', 0],
    ['cpu', '{"colon":": ","event":"id: x"}', 'a-1', 0],
    ['message', '{"text":"News"}', 'a-2', 0],
    ['heartbeat', '{"serverTime":1}', 'a-2', 0],
  ]);
});

test('an event that was cut off is none', () => {
  const whole = encodeEvent({ id: 'a-1', event: 'cpu', data: '{"t":1}' });
  const next = encodeEvent({ id: 'a-2', event: 'cpu', data: '{"t":2}' });
  for (let cut = 0; cut < next.length; cut += 1) {
    expect(framesOf(whole + next.slice(0, cut))).toEqual([['cpu', '{"t":1}', 'a-1', 0]]);
  }
});

test('asks for the last minutes, or for all since a position', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/events`;
  const { signal } = new AbortController();
  expect(await fetchRecent(['cpu', 'disk'], signal, '', at)).toEqual([]);
  expect(await fetchRecent(['system-alert'], signal, 'a-7', at)).toEqual([]);
  expect(asked).toEqual([
    '/api/events/recent?types=cpu%2Cdisk&window=300',
    '/api/events/recent?types=system-alert&lastEventId=a-7',
  ]);
});

test('an answer that is none, or is late, is no past', async () => {
  const server = createServer((request, response) => {
    if (request.url?.includes('types=refused')) response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const never = new AbortController();
  expect(await fetchRecent(['refused'], never.signal, '', at)).toBeNull();
  const hanging = fetchRecent(['cpu'], never.signal, '', at);
  never.abort();
  expect(await hanging).toBeNull();
  expect(await fetchRecent(['cpu'], new AbortController().signal, '', 'http://127.0.0.1:1/')).toBeNull();
});
