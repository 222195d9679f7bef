import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { hostileStream, type ReceivedEvent } from '../lib/testing/hostile';
import { expect, test } from './test';

/** Sends `bytes` in pieces of `size`, each flushed by itself, and keeps the stream open as a feed does. */
async function send(bytes: Buffer, size: number, response: ServerResponse): Promise<void> {
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (let offset = 0; offset < bytes.length; offset += size) {
    if (!response.write(bytes.subarray(offset, offset + size))) await once(response, 'drain');
    await turn();
  }
}

async function serve(bytes: Buffer, size: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/events') return void send(bytes, size, response);
    response
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end('<!doctype html><link rel="icon" href="data:,">');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Listens with the browser's own EventSource until `count` events came. */
function receive(page: Page, types: readonly string[], count: number): Promise<ReceivedEvent[]> {
  return page.evaluate(
    (wanted) =>
      new Promise<ReceivedEvent[]>((resolve, reject) => {
        const received: ReceivedEvent[] = [];
        const source = new EventSource('/events');
        source.addEventListener('error', () =>
          reject(new Error(`broke off after ${received.length} events`)),
        );
        for (const name of wanted.types) {
          source.addEventListener(name, ({ lastEventId, type, data }) => {
            received.push({ id: lastEventId, type, data });
            if (received.length === wanted.count) resolve(received);
          });
        }
      }),
    { types, count },
  );
}

const megabyte = { id: 'a-1', event: 'cpu', data: `${'x'.repeat(500_000)}\uFEFF${'é'.repeat(250_000)}` };

for (const [title, size, frames, more] of [
  ['whole, with a line of a megabyte', Number.MAX_SAFE_INTEGER, 200, [megabyte]],
  ['one byte at a time', 1, 60, []],
] as const) {
  test(`Chromium gets every hostile event back: ${title}`, async ({ page }) => {
    const { bytes, events } = hostileStream(frames, 11, more);
    const server = await serve(bytes, size);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const types = [...new Set(events.map(({ type }) => type))];
    const received = await receive(page, types, events.length);
    await page.close();
    server.closeAllConnections();
    server.close();
    expect(received).toEqual(events);
  });
}
