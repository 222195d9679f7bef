import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventSource } from 'eventsource';
import { afterEach, expect, test, vi } from 'vitest';
import { Connection } from './connection';
import type { ConnectionState, Frame } from './frame';
import type { FetchRecent } from './recent-events';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

interface Feed {
  readonly url: string;
  /** Each request that came, with what it asked for. */
  readonly requests: {
    readonly method: string | undefined;
    readonly query: URLSearchParams;
    readonly header: string | undefined;
  }[];
  readonly answers: ServerResponse[];
}

/** A real HTTP server that answers as the test says. */
async function serve(answer: (response: ServerResponse, request: number) => void): Promise<Feed> {
  const requests: Feed['requests'] = [];
  const answers: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    requests.push({
      method: request.method,
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, answers };
}

const hello = 'retry: 20\n\nevent: hello\ndata: {}\n\n';

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(hello);
}

function connect(url: string, fetchRecent?: FetchRecent) {
  const states: ConnectionState[] = [];
  const received: string[] = [];
  const connection = new Connection({
    path: url,
    types: ['cpu'],
    fetchRecent,
    eventSource: EventSource,
    onFrame: ([type, , id]) => received.push(id || type),
    onState: (state) => states.push(state),
  });
  open.push(connection);
  return { states, received, connection };
}

test('is live once the feed sends hello, and passes each type to its handler', async () => {
  const feed = await serve((response) => {
    begin(response);
    response.write('id: a-1\nevent: cpu\ndata: {}\n\nid: a-2\nevent: memory\ndata: {}\n\n');
  });
  const { states, received } = connect(feed.url);
  await vi.waitFor(() => expect(received).toEqual(['hello', 'a-1']));
  expect(states).toEqual(['live']);
});

test('begins with the past where that can be had, and the feed goes on behind it', async () => {
  const feed = await serve((response) => {
    begin(response);
    response.write('id: a-8\nevent: cpu\ndata: {}\n\n');
  });
  const { states, received, connection } = connect(feed.url, async (types) => {
    expect(types).toEqual(['cpu']);
    return [
      ['hello', '{}', '', 0],
      ['cpu', '{}', 'a-5', 0],
      ['heartbeat', '{}', 'a-7', 0],
    ];
  });
  expect(states).toEqual([]);
  await vi.waitFor(() => expect(received).toEqual(['hello', 'a-5', 'a-7', 'hello', 'a-8']));
  expect(feed.requests[0]?.query.get('lastEventId')).toBe('a-7');
  expect(states).toEqual(['live']);
  connection.subscribe(['cpu']);
  await vi.waitFor(() => expect(feed.requests).toHaveLength(2));
  expect(feed.requests[1]?.query.get('lastEventId')).toBe('a-8');
});

test('where the past cannot be had, the feed brings it', async () => {
  const feed = await serve(begin);
  connect(feed.url, async () => null);
  await vi.waitFor(() => expect(feed.requests[0]?.query.get('window')).toBe('300'));
});

test('no recent events are passed to a closed connection', async () => {
  const feed = await serve(begin);
  const received: string[] = [];
  const connection = new Connection({
    path: feed.url,
    types: ['cpu'],
    eventSource: EventSource,
    fetchRecent: async () => [1, 2, 3].map((seq) => ['cpu', '{}', `a-${seq}`, 0] as const),
    onFrame([, , id]) {
      received.push(id);
      if (id === 'a-2') connection.close();
    },
    onState() {},
  });
  await vi.waitFor(() => expect(received).toHaveLength(2));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(received).toEqual(['a-1', 'a-2']);
  expect(feed.requests).toEqual([]);
});

test('a past that nobody wants any more is called off, and one of other types fetched', async () => {
  const feed = await serve(begin);
  const asked: { types: readonly string[]; signal: AbortSignal; answer: (frames: Frame[]) => void }[] = [];
  const { received, connection } = connect(
    feed.url,
    (types, signal) => new Promise((answer) => asked.push({ types, signal, answer })),
  );
  connection.subscribe(['cpu', 'disk']);
  expect(asked.map(({ types, signal }) => [types, signal.aborted])).toEqual([
    [['cpu'], true],
    [['cpu', 'disk'], false],
  ]);
  asked[0]?.answer([['cpu', '{}', 'a-1', 0]]);
  asked[1]?.answer([['disk', '{}', 'a-2', 0]]);
  await vi.waitFor(() => expect(feed.requests).toHaveLength(1));
  expect(received[0]).toBe('a-2');
  expect(feed.requests[0]?.query.get('lastEventId')).toBe('a-2');
});

test('after a cut the browser comes back with its last id, and no word is said of so short a loss', async () => {
  const feed = await serve((response, request) => {
    begin(response);
    response.write(`id: a-${request}\nevent: cpu\ndata: {}\n\n`);
    if (request === 1) setImmediate(() => response.destroy());
  });
  const { states, received } = connect(feed.url);
  await vi.waitFor(() => expect(received).toContain('a-2'));
  expect(feed.requests[1]?.header).toBe('a-1');
  expect(states).toEqual(['live']);
});

test('after an HTTP error, which a browser takes as final, it comes back by itself at its position', async () => {
  const feed = await serve((response, request) => {
    if (request === 2 || request === 3) {
      response.writeHead(503).end();
      return;
    }
    begin(response);
    response.write('id: a-7\nevent: cpu\ndata: {}\n\n');
    if (request === 1) setImmediate(() => response.destroy());
  });
  const { states } = connect(feed.url);
  await vi.waitFor(() => expect(feed.requests).toHaveLength(4));
  expect(feed.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'HEAD', 'GET']);
  expect(feed.requests[3]?.query.get('lastEventId')).toBe('a-7');
  expect(feed.requests[3]?.query.has('window')).toBe(false);
  expect(states).toEqual(['live']);
});

test.each([
  [204, 'ended'],
  [401, 'refused'],
] as const)('%d is final, and called %s', async (status, state) => {
  const feed = await serve((response) => response.writeHead(status).end());
  const { states } = connect(feed.url);
  await vi.waitFor(() => expect(states).toEqual([state]));
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(feed.requests.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
});

test('other types are received from the position that was reached', async () => {
  const feed = await serve((response, request) => {
    begin(response);
    response.write(`id: a-${request}\nevent: cpu\ndata: {}\n\n`);
  });
  const { received, connection } = connect(feed.url);
  await vi.waitFor(() => expect(received).toContain('a-1'));
  connection.subscribe(['cpu', 'memory']);
  await vi.waitFor(() => expect(received).toContain('a-2'));
  expect(Object.fromEntries(feed.requests[1]?.query ?? [])).toEqual({
    types: 'cpu,memory',
    lastEventId: 'a-1',
  });
});

test('close ends the connection for good', async () => {
  const feed = await serve(begin);
  const { received } = connect(feed.url);
  await vi.waitFor(() => expect(received).toEqual(['hello']));
  const gone = new Promise((resolve) => feed.answers[0]?.on('close', resolve));
  open.at(-1)?.close();
  await gone;
});
