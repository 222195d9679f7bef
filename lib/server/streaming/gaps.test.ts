import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventLog } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { event, everything, ids, logWith, newFeed, newLog, takeAll } from '@/lib/testing/feed';
import type { Cursor } from './cursor';
import type { Feed } from './feed';
import type { FeedRequest } from './feed-query';
import { sendCursor } from './response-sink';
import { webStreamOf } from './web-stream-sink';

let log: EventLog;
let feed: Feed;
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-gaps-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

const startedAt = 1_700_000_000_000;

/** A log of seven events after its server was killed: a block of ids was reserved and never used. */
async function afterCrash(): Promise<EventLog> {
  const options = {
    waitForOwnerMs: 0,
    clock: clockWith({ wallMs: () => startedAt + 10_000 }),
    newId: () => 'log',
  };
  const dataDir = newFolder();
  const killed = await openSqliteLog({ dataDir, ...options });
  closers.push(() => killed.close());
  for (let t = 1; t <= 5; t += 1) await killed.append([event('cpu', startedAt + t)]);
  await killed.append([event('message', startedAt + 6)], 'durable');
  await killed.append([event('deploy', startedAt + 7)], 'durable');
  const copy = newFolder();
  for (const name of readdirSync(dataDir))
    if (!name.endsWith('-shm')) writeFileSync(join(copy, name), readFileSync(join(dataDir, name)));
  const taken = await openSqliteLog({ dataDir: copy, ...options });
  closers.push(() => taken.close());
  return taken;
}

beforeEach(async () => {
  log = await afterCrash();
  feed = newFeed(log, { clock: clockWith({ wallMs: () => startedAt + 10_000 }) });
  expect(log.headSeq).toBeGreaterThan(7);
  expect(await log.read(7, 10)).toEqual([]);
});

/** How a client is served: what it has received so far. */
type Sink = (cursor: Cursor) => Promise<EventSourceMessage[]>;

const overHttp: Sink = async (cursor) => {
  const server = createServer((_, response) => sendCursor(cursor, response, {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return listen((await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).body);
};

const asWebStream: Sink = async (cursor) => listen(webStreamOf(cursor));

function listen(body: ReadableStream<Uint8Array> | null): EventSourceMessage[] {
  const received: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => received.push(message) });
  const reader = body?.getReader();
  closers.push(() => reader?.cancel().catch(() => {}));
  const decoder = new TextDecoder();
  void (async () => {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      parser.feed(decoder.decode(part.value, { stream: true }));
  })().catch(() => {});
  return received;
}

const brief = ({ event: type, id, data }: EventSourceMessage) =>
  type === 'gap' ? `gap ${JSON.parse(data).fromId} ${JSON.parse(data).toId} ${JSON.parse(data).reason}` : id;

const logged = (received: readonly EventSourceMessage[]) =>
  received.filter(({ event: type }) => type !== 'hello').map(brief);

const seqsUpTo = (seq: number) => Array.from({ length: seq }, (_, index) => `log-${index + 1}`);

const requests: readonly (readonly [string, Partial<FeedRequest>, readonly string[], number])[] = [
  ['the last event before the crash', { lastEventId: 'log-7' }, [], 7],
  ['a place before that', { lastEventId: 'log-0' }, seqsUpTo(7), 7],
  ['a place within the unused ids', { lastEventId: 'log-500' }, [], 500],
  ['a window', { windowSeconds: 3600 }, seqsUpTo(7), 7],
  ['a filter', { lastEventId: 'log-7', types: new Set(['cpu']) }, [], 7],
  ['a filter that lets nothing pass', { lastEventId: 'log-2', hosts: new Set(['elsewhere']) }, [], 7],
];

for (const [sinkName, sink] of [
  ['over HTTP', overHttp],
  ['as a web stream', asWebStream],
] as const) {
  test.each(requests)(
    `a client that resumes from %s gets the gap and then new events (${sinkName})`,
    async (_, request, before, last) => {
      const { headSeq } = log;
      const received = await sink(feed.connect({ ...everything, ...request }));
      const gap = `gap log-${last} log-${headSeq} lost`;
      await vi.waitFor(() => expect(logged(received)).toEqual([...before, gap]));
      // Another one at the same position, with the same filter, must not get cached bytes of the first.
      const second = await sink(feed.connect({ ...everything, ...request }));
      await vi.waitFor(() => expect(logged(second)).toEqual([...before, gap]));
      await log.append([
        { ...event('cpu', startedAt + 20_000), host: request.hosts ? 'elsewhere' : 'atlas' },
      ]);
      for (const one of [received, second])
        await vi.waitFor(() => expect(logged(one)).toEqual([...before, gap, `log-${headSeq + 1}`]));
      const third = await sink(feed.connect({ ...everything, ...request }));
      await vi.waitFor(() => expect(logged(third)).toEqual([...before, gap, `log-${headSeq + 1}`]));
    },
  );
}

test('a single answer announces the gap and ends with the head as its position', () => {
  const cursor = feed.connect({ ...everything, windowSeconds: 300, once: true });
  const { headSeq } = log;
  expect(logged(takeAll(cursor))).toEqual([
    ...seqsUpTo(7),
    `gap log-7 log-${headSeq} lost`,
    `log-${headSeq}`,
  ]);
  expect(cursor.ended).toBe(true);
});

test('after the gap, a heartbeat has the head as its id', () => {
  vi.useFakeTimers();
  closers.push(() => void vi.useRealTimers());
  const quiet = newFeed(log);
  const cursor = quiet.connect({ ...everything, lastEventId: 'log-7' });
  takeAll(cursor);
  vi.advanceTimersByTime(11_000);
  expect(takeAll(cursor)).toMatchObject([{ event: 'heartbeat', id: `log-${log.headSeq}` }]);
});

test('events that cannot be read for a while are announced as a gap, and read by the next client', async () => {
  const whole = await newLog();
  await whole.append(Array.from({ length: 20 }, (_, index) => event('cpu', index)));
  let isBroken = true;
  const faulty = logWith(whole, {
    read: (after, limit) => (isBroken ? [] : whole.read(after, limit)),
  });
  const one = newFeed(faulty);
  const from = { ...everything, lastEventId: 'testlog-5' };
  expect(logged(takeAll(one.connect(from)))).toEqual(['gap testlog-5 testlog-20 lost']);
  isBroken = false;
  expect(logged(takeAll(one.connect(from)))).toHaveLength(15);
});

test('a window that keeps nothing stalls no client', async () => {
  const none = await newLog({ unwrittenBytes: 0 });
  const one = newFeed(none);
  const cursors = [one.connect(everything), one.connect({ ...everything, types: new Set(['cpu']) })];
  for (const cursor of cursors) takeAll(cursor);
  for (let t = 1; t <= 3; t += 1) {
    await none.append([event('cpu', t)]);
    for (const cursor of cursors)
      expect(logged(takeAll(cursor))).toEqual([`gap testlog-${t - 1} testlog-${t} too-slow`]);
  }
});

test('a log whose id changes while streams are open sends nothing under the former id', async () => {
  const own = await newLog();
  await own.append(Array.from({ length: 300 }, (_, index) => event('cpu', index)));
  let id = 'former';
  const renamed = logWith(own, {
    get id() {
      return id;
    },
  });
  const one = newFeed(renamed);
  const asked = { ...everything, windowSeconds: 3600 };
  expect(new Set(ids(takeAll(one.connect(asked))).map((each) => each.split('-')[0]))).toEqual(
    new Set(['former']),
  );
  id = 'found';
  const again = ids(takeAll(one.connect(asked)));
  expect(again).toHaveLength(300);
  expect(new Set(again.map((each) => each.split('-')[0]))).toEqual(new Set(['found']));
});
