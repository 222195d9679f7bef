import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test, vi } from 'vitest';
import { decode, event, everything, ids, newFeed, newLog } from '@/lib/testing/feed';
import { acceptsGzip, sendRecent } from './recent-sink';

test.each([
  ['gzip', true],
  ['br, gzip;q=0.5', true],
  ['*', true],
  ['GZIP', true],
  ['', false],
  ['br', false],
  ['gzip;q=0', false],
  ['*;q=0', false],
  ['gzip;q=0, *', false],
])('a client that accepts %j takes gzip: %s', (accepted, expected) => {
  expect(acceptsGzip(accepted)).toBe(expected);
});

async function serve(count: number) {
  const log = await newLog();
  const json = JSON.stringify({ text: 'x'.repeat(2_000) });
  await log.append(Array.from({ length: count }, (_, t) => ({ ...event('cpu', t), json })));
  const feed = newFeed(log);
  const server = createServer(({ headers }, response) => {
    const cursor = feed.connect({ ...everything, lastEventId: 'testlog-0', once: true });
    sendRecent(cursor, response, String(headers['accept-encoding'] ?? ''), { 'Content-Type': 'text/plain' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    feed,
    port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test.each(['gzip', 'identity'])('the whole past is sent, and the answer ends (%s)', async (coding) => {
  const { feed, port, close } = await serve(2_000);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'Accept-Encoding': coding } });
  expect(answer.headers.get('content-encoding')).toBe(coding === 'gzip' ? 'gzip' : null);
  expect(answer.headers.get('vary')).toBe('Accept-Encoding');
  const { events } = decode(new Uint8Array(await answer.arrayBuffer()));
  expect(ids(events)).toEqual([
    ...Array.from({ length: 2_000 }, (_, index) => `testlog-${index + 1}`),
    'testlog-2000',
  ]);
  await vi.waitFor(() => expect(feed.streams).toBe(0));
  close();
});

test('a client that disconnects in the middle leaves nothing open', async () => {
  const { feed, port, close } = await serve(20_000);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'data');
  socket.pause();
  expect(feed.streams).toBe(1);
  socket.resetAndDestroy();
  await vi.waitFor(() => expect(feed.streams).toBe(0), { timeout: 10_000 });
  close();
});
