import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { EventSource, MessageEvent } from 'undici';
import { expect, test, vi } from 'vitest';
import { encodeEvent } from './encode';

/** Sends the bytes over a real connection, `size` at a time, and gives what undici's EventSource made of them. */
async function overTheWire(
  text: string,
  size: number,
  count: number,
): Promise<{ id: string; data: string }[]> {
  const bytes = Buffer.from(text);
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (let offset = 0; offset < bytes.length; offset += size)
      response.write(bytes.subarray(offset, offset + size));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const heard: { id: string; data: string }[] = [];
  const source = new EventSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  source.addEventListener('cpu', (event) => {
    if (event instanceof MessageEvent) heard.push({ id: event.lastEventId, data: String(event.data) });
  });
  await vi.waitFor(() => expect(heard).toHaveLength(count), { timeout: 5000 });
  source.close();
  server.closeAllConnections();
  server.close();
  return heard;
}

test.each([1, 3, 65_536])(
  'a client that is not ours gets every event back, %d bytes at a time',
  async (size) => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 40, seed: 7 });
    const events = [...texts, 'data: x\n\nid: 9', '{"a":"\r\n"}', '数据 🫀'].map((text, index) => ({
      id: `a-${index + 1}`,
      data: JSON.stringify({ text }),
    }));
    const text = events.map((event) => encodeEvent({ ...event, event: 'cpu' })).join('');
    expect(await overTheWire(text, size, events.length)).toEqual(events);
  },
);
