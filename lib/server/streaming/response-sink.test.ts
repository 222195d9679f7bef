import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { type Feed, openFeed } from './feed';
import { sendCursor } from './response-sink';

let log: EventLog;
let feed: Feed;
let server: Server;
const responses: ServerResponse[] = [];
const everything = { types: null, hosts: null, windowSeconds: 0, lastEventId: '' };
const event = (t: number, text = ''): NewEvent => ({
  type: 'cpu',
  host: 'atlas',
  t,
  json: JSON.stringify({ t, text }),
});

function newFeed(drainTimeoutMs: number): Feed {
  const hello = () => ({ log: log.id, version: '0', serverTime: 0, intervalMs: 1000, hosts: [] });
  return openFeed({ log, hello, drainTimeoutMs });
}

beforeEach(async () => {
  log = await openSqliteLog({ dataDir: '/dev/null/nowhere', newId: () => 'log', retryMs: 1e9 });
  // A busy machine may need long to send the last events when the feed stops.
  feed = newFeed(60_000);
  server = createServer((request, response) => {
    if (request.url === '/plain') {
      setTimeout(() => response.end('plain'), 50);
      return;
    }
    responses.push(response);
    sendCursor(feed.connect(everything), response, { 'X-Test': 'yes' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  responses.length = 0;
  server.closeAllConnections();
  server.close();
  await log.close();
});

function dial(): Socket {
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

/** All that was received, with a promise for an awaited part. */
function listen(socket: Socket) {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
  });
  return {
    text: () => text,
    until: (pattern: RegExp) => vi.waitFor(() => expect(text).toMatch(pattern)),
  };
}

/** Decodes the chunked transfer coding strictly by RFC 9112, and fails on anything else. */
function unchunk(body: string): { data: string; ended: boolean } {
  let data = '';
  let at = 0;
  while (at < body.length) {
    const line = /^([0-9a-f]+)\r\n/.exec(body.slice(at, at + 20));
    if (!line?.[1]) throw new Error(`no chunk size at ${at}`);
    const size = Number.parseInt(line[1], 16);
    const start = at + line[0].length;
    if (body.slice(start + size, start + size + 2) !== '\r\n')
      throw new Error(`no chunk end at ${start + size}`);
    if (size === 0) return { data, ended: true };
    data += body.slice(start, start + size);
    at = start + size + 2;
  }
  return { data, ended: false };
}

const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4);

function idsIn(data: string): string[] {
  const ids: string[] = [];
  const parser = createParser({ onEvent: ({ id }) => id && ids.push(id) });
  parser.feed(data);
  return ids;
}

test('headers come at once, then valid chunks, then a valid end, and the connection can be used again', async () => {
  const socket = dial();
  const received = listen(socket);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await received.until(/event: hello/);
  expect(received.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received.text()).toMatch(/\r\nContent-Type: text\/event-stream; charset=utf-8\r\n/);
  expect(received.text()).toMatch(/\r\nX-Test: yes\r\n/);
  for (let t = 1; t <= 3; t += 1) await log.append([event(t, '数据 🫀'), event(t)]);
  await received.until(/log-6/);
  void feed.stop();
  await received.until(/\r\n0\r\n\r\n$/);
  const { data, ended } = unchunk(bodyOf(received.text()));
  expect(ended).toBe(true);
  expect(idsIn(data)).toEqual([1, 2, 3, 4, 5, 6].map((seq) => `log-${seq}`));
  expect(feed.streams).toBe(0);
  socket.write('GET /plain HTTP/1.1\r\nHost: a\r\n\r\n');
  await received.until(/plain$/);
  socket.destroy();
});

test('HTTP/1.0 gets plain text that ends with the connection', async () => {
  const socket = dial();
  const received = listen(socket);
  socket.write('GET / HTTP/1.0\r\n\r\n');
  await received.until(/event: hello/);
  await log.append([event(1)]);
  await received.until(/id: log-1\n/);
  expect(received.text()).not.toMatch(/transfer-encoding/i);
  expect(bodyOf(received.text())).toMatch(/^retry: \d+\nevent: hello\n/);
  void feed.stop();
  await once(socket, 'close');
});

test('a pipelined request waits for the one before', async () => {
  const socket = dial();
  const received = listen(socket);
  socket.write('GET /plain HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await received.until(/event: hello/);
  await log.append([event(1)]);
  await received.until(/log-1\n/);
  const second = received.text().slice(received.text().indexOf('plain') + 5);
  expect(received.text()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]+plainHTTP\/1\.1 200 OK/);
  expect(idsIn(unchunk(bodyOf(second)).data)).toEqual(['log-1']);
  socket.destroy();
});

test('a client that does not read holds at most two chunks, gets everything in order when it reads, and delays no other', async () => {
  const slow = dial();
  slow.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  slow.pause();
  const quick = dial();
  const received = listen(quick);
  quick.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await received.until(/event: hello/);
  await vi.waitFor(() => expect(feed.streams).toBe(2));
  const text = 'x'.repeat(20_000);
  for (let t = 1; t <= 600; t += 1) {
    await log.append([event(t, text)]);
    if (t % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await received.until(/log-600\n/);
  for (const response of responses) expect(response.socket?.writableLength).toBeLessThan(200_000);
  const late = listen(slow);
  slow.resume();
  await late.until(/log-600\n/);
  const expected = Array.from({ length: 600 }, (_, index) => `log-${index + 1}`);
  expect(idsIn(unchunk(bodyOf(received.text())).data)).toEqual(expected);
  expect(idsIn(unchunk(bodyOf(late.text())).data)).toEqual(expected);
  quick.destroy();
  slow.destroy();
  await vi.waitFor(() => expect(feed.streams).toBe(0));
});

test('a client that disconnects at any time leaves nothing open', async () => {
  for (const time of ['at once', 'after the headers', 'half-closed'] as const) {
    const socket = dial();
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    if (time !== 'at once') await listen(socket).until(/hello/);
    if (time === 'half-closed') socket.end();
    else socket.resetAndDestroy();
    await vi.waitFor(() => expect(feed.streams).toBe(0));
    for (const response of responses) expect(response.socket?.listenerCount('drain') ?? 0).toBeLessThan(2);
    socket.destroy();
  }
});

test('a client that reads nothing is aborted when its stream must end', async () => {
  feed = newFeed(200);
  const socket = dial();
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  socket.pause();
  await vi.waitFor(() => expect(feed.streams).toBe(1));
  for (let t = 1; t <= 100; t += 1) await log.append([event(t, 'x'.repeat(100_000))]);
  const closed = vi.fn();
  responses[0]?.once('close', closed);
  await feed.stop();
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  expect(feed.streams).toBe(0);
  socket.destroy();
});
