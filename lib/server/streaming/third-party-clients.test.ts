import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import EventSource1 from 'eventsource-1';
import EventSource2 from 'eventsource-2';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { event, everything, newFeed, newLog } from '@/lib/testing/feed';
import type { Cursor } from './cursor';
import type { Feed } from './feed';
import { parseFeedQuery } from './feed-query';
import { sendCursor } from './response-sink';

/** One event as a client's listeners get it. */
interface Received {
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

type Client = (url: string, onEvent: (event: Received) => void) => () => void;

const types = ['message', 'hello', 'gap', 'heartbeat', 'cpu', 'memory', 'deploy'];

const eventSource =
  (Source: typeof EventSource1): Client =>
  (url, onEvent) => {
    const source = new Source(url);
    // It would wait for the time in `retry:`.
    Object.defineProperty(source, 'reconnectInterval', { get: () => 1, set() {} });
    for (const type of types)
      source.addEventListener(type, ({ lastEventId, data }) => onEvent({ type, id: lastEventId, data }));
    return () => source.close();
  };

const fetchClient: Client = (url, onEvent) => {
  const leave = new AbortController();
  void fetchEventSource(url, {
    signal: leave.signal,
    fetch: globalThis.fetch,
    openWhenHidden: true,
    onmessage: ({ event: type, id, data }) => onEvent({ type: type || 'message', id, data }),
    onclose() {
      throw new Error('comes back');
    },
    onerror: () => 1,
  });
  return () => leave.abort();
};

const clients = [
  ['eventsource 1', eventSource(EventSource1)],
  ['eventsource 2', eventSource(EventSource2)],
  ['@microsoft/fetch-event-source', fetchClient],
] as const satisfies readonly (readonly [string, Client])[];

let log: EventLog;
let feed: Feed;
const closers: (() => void)[] = [];

beforeEach(async () => {
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('document', { addEventListener() {}, removeEventListener() {} });
  log = await newLog();
  feed = newFeed(log);
  await log.append([
    event('cpu', 1),
    event('memory', 1),
    { ...event('message', 2), json: '{"text":"a\\nb"}' },
  ]);
  await log.append([event('cpu', 2), event('deploy', 3)]);
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
});

type Answer = (cursor: Cursor, response: ServerResponse) => void;

/** Answers the first request for each path by `first`, and the following ones in full. */
async function serve(first: (path: string) => Answer): Promise<string> {
  const known = new Set<string>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const header = request.headers['last-event-id'];
    const asked = parseFeedQuery(searchParams, typeof header === 'string' ? header : null, () => true);
    if (!asked.ok) throw new Error(asked.problem.detail);
    const cursor = feed.connect(asked.value);
    if (known.has(pathname)) sendCursor(cursor, response, {});
    else first(pathname)(cursor, response);
    known.add(pathname);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function bytesOf(cursor: Cursor): Buffer {
  const chunks: Uint8Array[] = [];
  for (let chunk = cursor.take(); chunk; chunk = cursor.take()) chunks.push(chunk.bytes);
  cursor.close();
  return Buffer.concat(chunks);
}

const asCut =
  (length: number): Answer =>
  (cursor, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(bytesOf(cursor).subarray(0, length));
  };

const isLogged = ({ type }: Received) => type !== 'hello' && type !== 'heartbeat';

const expected: Received[] = [
  { type: 'cpu', id: 'testlog-1', data: '{"t":1,"host":"atlas"}' },
  { type: 'memory', id: 'testlog-2', data: '{"t":1,"host":"atlas"}' },
  { type: 'message', id: 'testlog-3', data: '{"text":"a\\nb"}' },
  { type: 'cpu', id: 'testlog-4', data: '{"t":2,"host":"atlas"}' },
  { type: 'deploy', id: 'testlog-5', data: '{"t":3,"host":"atlas"}' },
];

test.each(clients)(
  '%s, cut at each byte, loses nothing and gets nothing twice',
  async (_, open) => {
    const whole = bytesOf(feed.connect({ ...everything, lastEventId: 'testlog-0' })).toString('latin1');
    // Between its last two line breaks an event has an id and is not delivered: no order of fields avoids that.
    const betweenBreaks = new Set(
      [...whole.matchAll(/id: .*\n(?=\n)/g)].map((at) => at.index + at[0].length),
    );
    const cuts = Array.from({ length: whole.length + 1 }, (_, at) => at).filter(
      (at) => !betweenBreaks.has(at),
    );
    expect(betweenBreaks.size).toBe(expected.length);
    const url = await serve((path) => asCut(Number(path.slice(1))));
    const received = cuts.map((cut) => {
      const events: Received[] = [];
      closers.push(open(`${url}/${cut}?lastEventId=testlog-0`, (one) => events.push(one)));
      return { cut, events };
    });
    await vi.waitFor(
      () => {
        for (const { cut, events } of received)
          expect({ cut, last: events.filter(isLogged).at(-1)?.id }).toEqual({ cut, last: 'testlog-5' });
      },
      { timeout: 60_000, interval: 50 },
    );
    for (const { cut, events } of received) {
      expect({ cut, events: events.filter(isLogged) }).toEqual({ cut, events: expected });
      expect({ cut, empty: events.filter(({ data }) => data === '') }).toEqual({ cut, empty: [] });
    }
    expect(betweenBreaks.size).toBe(expected.length);
  },
  90_000,
);

test.each(clients)(
  '%s gets no empty message in the whole life of a stream',
  async (_, open) => {
    let clock = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    closers.push(() => vi.useRealTimers());
    feed = newFeed(log, { clock: clockWith({ monotonicMs: () => clock }), heartbeatMs: 1_000 });
    const url = await serve(() => (cursor, response) => sendCursor(cursor, response, {}));
    const received: Received[] = [];
    closers.push(open(`${url}/?lastEventId=another-1`, (one) => received.push(one)));
    const has = (type: string, times = 1) =>
      vi.waitFor(
        () => expect(received.filter((one) => one.type === type).length).toBeGreaterThanOrEqual(times),
        {
          timeout: 10_000,
        },
      );
    await has('deploy');
    clock += 5_000;
    vi.advanceTimersByTime(5_000);
    await has('heartbeat');
    await feed.stop();
    // The end of the stream, and the answer to a reconnection while the feed is stopped.
    await has('heartbeat', 3);
    expect(received.map(({ type }) => type).slice(0, 2)).toEqual(['hello', 'gap']);
    expect(received.filter(({ data }) => data === '')).toEqual([]);
  },
  30_000,
);
