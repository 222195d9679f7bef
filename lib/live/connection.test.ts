import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventSource } from 'eventsource';
import { afterEach, expect, test, vi } from 'vitest';
import { type Connection, type ConnectionState, openConnection } from './connection';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Feed {
  readonly url: string;
  /** Each request that came, with what it asked for. */
  readonly requests: { readonly query: URLSearchParams; readonly header: string | undefined }[];
  readonly answers: ServerResponse[];
}

/** A real HTTP server that answers as the test says. */
async function serve(answer: (response: ServerResponse, request: number) => void): Promise<Feed> {
  const requests: Feed['requests'] = [];
  const answers: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    requests.push({
      query: new URL(request.url ?? '', 'http://localhost').searchParams,
      header: request.headers['last-event-id'] as string | undefined,
    });
    answers.push(response);
    answer(response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?types=cpu`, requests, answers };
}

const hello = 'retry: 20\n\nevent: hello\ndata: {}\n\n';

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(hello);
}

function connect(url: string) {
  const states: ConnectionState[] = [];
  const heard: string[] = [];
  const connection: Connection = openConnection({
    url,
    eventSource: EventSource,
    handlers: { hello: () => heard.push('hello'), cpu: (_, id) => heard.push(id) },
    onState: (state) => states.push(state),
  });
  open.push(connection);
  return { states, heard };
}

test('is live once the feed says hello, and hands each type to its handler', async () => {
  const feed = await serve((response) => {
    begin(response);
    response.write('id: a-1\nevent: cpu\ndata: {}\n\nid: a-2\nevent: memory\ndata: {}\n\n');
  });
  const { states, heard } = connect(feed.url);
  await vi.waitFor(() => expect(heard).toEqual(['hello', 'a-1']));
  expect(states).toEqual(['live']);
});

test('after a cut the browser comes back with its last id, and the state says so meanwhile', async () => {
  const feed = await serve((response, request) => {
    begin(response);
    response.write(`id: a-${request}\nevent: cpu\ndata: {}\n\n`);
    if (request === 1) setImmediate(() => response.destroy());
  });
  const { states, heard } = connect(feed.url);
  await vi.waitFor(() => expect(heard).toContain('a-2'));
  expect(feed.requests[1]?.header).toBe('a-1');
  expect(states).toEqual(['live', 'reconnecting', 'live']);
});

test('after an HTTP error, which a browser takes as final, it comes back by itself at its position', async () => {
  const feed = await serve((response, request) => {
    if (request === 2) {
      response.writeHead(503).end();
      return;
    }
    begin(response);
    response.write('id: a-7\nevent: cpu\ndata: {}\n\n');
    if (request === 1) setImmediate(() => response.destroy());
  });
  const { states } = connect(feed.url);
  await vi.waitFor(() => expect(feed.requests).toHaveLength(3), { timeout: 5000 });
  expect(feed.requests[2]?.query.get('lastEventId')).toBe('a-7');
  await vi.waitFor(() => expect(states).toEqual(['live', 'reconnecting', 'live']));
});

test('close ends the connection for good', async () => {
  const feed = await serve(begin);
  const { heard } = connect(feed.url);
  await vi.waitFor(() => expect(heard).toEqual(['hello']));
  const gone = new Promise((resolve) => feed.answers[0]?.on('close', resolve));
  open.at(-1)?.close();
  await gone;
});
