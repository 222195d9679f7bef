import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { EventSource, MessageEvent } from 'undici';
import { expect, test, vi } from 'vitest';
import { asReceived, hostileFrame, hostileStream, type ReceivedEvent } from '@/lib/testing/hostile';
import { encodeEvent } from './encode';

/** Sends the bytes over a real connection, `size` at a time, and returns the events of undici's EventSource. */
async function overTheWire(bytes: Buffer, size: number, types: Iterable<string>, count: number) {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (let offset = 0; offset < bytes.length; offset += size)
      response.write(bytes.subarray(offset, offset + size));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const received: ReceivedEvent[] = [];
  const source = new EventSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  for (const type of types) {
    source.addEventListener(type, (event) => {
      if (event instanceof MessageEvent)
        received.push({ id: event.lastEventId, type, data: String(event.data) });
    });
  }
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), {
    timeout: 60_000,
    interval: 10,
  });
  source.close();
  server.closeAllConnections();
  server.close();
  return received;
}

test.each([1, 3, 65_536])('another client decodes every hostile event, %d bytes at a time', async (size) => {
  const { bytes, events } = hostileStream(60, 7);
  const types = new Set(events.map(({ type }) => type));
  expect(await overTheWire(bytes, size, types, events.length)).toEqual(events);
});

test('another client decodes any event', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileFrame, { minLength: 1, maxLength: 8 }), async (frames) => {
      const events = frames.map(asReceived);
      const types = new Set(events.map(({ type }) => type));
      const bytes = Buffer.from(frames.map(encodeEvent).join(''));
      expect(await overTheWire(bytes, bytes.length, types, events.length)).toEqual(events);
    }),
    { numRuns: 40 },
  );
});

test('a megabyte on one line is received', async () => {
  const { bytes, events } = hostileStream(1, 3, [{ id: 'a-1', event: 'cpu', data: 'é'.repeat(500_000) }]);
  const types = new Set(events.map(({ type }) => type));
  expect(await overTheWire(bytes, 65_536, types, events.length)).toEqual(events);
});
