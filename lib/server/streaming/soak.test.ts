import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createParser } from 'eventsource-parser';
import { afterEach, expect, test, vi } from 'vitest';
import { parseEventId } from '@/lib/protocol/event-id';
import type { EventLog, NewEvent } from '@/lib/server/event-log/event-log';
import { openSqliteLog } from '@/lib/server/event-log/sqlite-log';
import { clockWith } from '@/lib/testing/fake-clock';
import { type Feed, openFeed } from './feed';
import type { FeedRequest } from './feed-query';
import { sendCursor } from './response-sink';
import { webStreamOf } from './web-stream-sink';

afterEach(() => vi.useRealTimers());

const seconds = 3_600;
const sampleTypes = ['cpu', 'memory', 'network', 'disk', 'pressure'];
const sampleText = 'x'.repeat(400);
/** So many clients of each kind connect in a second, and stay for up to `stayMax` seconds. */
const comePerSecond = 1;
const stayMax = 20;
/** The log on disk is pruned this often, and pages that were read are cached until then: memory rises in between. */
const tidyMinutes = 5;
/** The growth of memory over the second half of the hour: runs differ by 1 MB, and a leaked cursor of each client is 58. */
const slopeMaxBytesPerHour = 3_000_000;

const everything: FeedRequest = { types: null, hosts: null, windowSeconds: 0, lastEventId: '' };

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Memory in use after a collection, with buffers. */
async function heldBytes(): Promise<number> {
  await turn();
  collect();
  await turn();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Least squares: bytes per step. */
function slopeOf(values: readonly number[]): number {
  const meanX = (values.length - 1) / 2;
  const meanY = values.reduce((sum, y) => sum + y, 0) / values.length;
  const up = values.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0);
  return up / values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
}

/** What this process has open: handles by kind and, where the system lists them, file descriptors. */
function openHandles() {
  const fds = '/proc/self/fd';
  // The one real timer is the test runner's; ours are of the fake clock, and counted there.
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout');
  return { kinds: kinds.sort(), fds: existsSync(fds) ? readdirSync(fds).length : 0 };
}

function eventsOf(t: number): NewEvent[] {
  return sampleTypes.map((type) => ({
    type,
    host: 'atlas',
    t,
    json: JSON.stringify({ t, host: 'atlas', sampleText }),
  }));
}

interface Guest {
  readonly leaveAt: number;
  leave(): void;
}

/** Listens for the whole time, reconnects when its stream ends by age, and remembers every id. */
function startRegular(feed: Feed) {
  const seqs: number[] = [];
  let lastEventId = '';
  let connections = 0;
  let reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  let isOver = false;

  async function run(): Promise<void> {
    while (!isOver) {
      connections += 1;
      reader = webStreamOf(feed.connect({ ...everything, lastEventId })).getReader();
      const text = new TextDecoder();
      const parser = createParser({
        onEvent({ id, event }) {
          if (id === undefined || event === 'heartbeat') return;
          lastEventId = id;
          seqs.push(parseEventId(id)?.seq ?? Number.NaN);
        },
      });
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        parser.feed(text.decode(part.value, { stream: true }));
      }
    }
  }

  const running = run();
  return {
    seqs,
    get connections() {
      return connections;
    },
    async stop() {
      isOver = true;
      await reader?.cancel();
      await running;
    },
  };
}

/** Over a web stream: reads all, reads nothing, or disconnects at once. */
function webGuest(feed: Feed, request: FeedRequest, leaveAt: number, reads: boolean): Guest {
  const stream = webStreamOf(feed.connect(request));
  if (!reads) return { leaveAt, leave: () => void stream.cancel() };
  const reader = stream.getReader();
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return { leaveAt, leave: () => void reader.cancel() };
}

/** Over HTTP, from another socket of this process: reads all, or nothing. */
function httpGuest(port: number, leaveAt: number, reads: boolean): Guest {
  const socket: Socket = connect(port, '127.0.0.1');
  if (reads) socket.resume();
  else socket.pause();
  socket.on('error', () => socket.destroy());
  socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  return { leaveAt, leave: () => socket.destroy() };
}

function requestOf(second: number, log: EventLog): FeedRequest {
  const kinds: FeedRequest[] = [
    everything,
    { ...everything, types: new Set(['memory', 'system-alert']) },
    { ...everything, windowSeconds: 60 },
    { ...everything, lastEventId: `${log.id}-${Math.max(0, log.headSeq - (second % 1_000))}` },
    { ...everything, lastEventId: 'another-7' },
  ];
  return kinds[second % kinds.length] ?? everything;
}

/** SQLite keeps a few files of its own open from its first use on. */
async function loadAll(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-soak-'));
  await (await openSqliteLog({ dataDir })).close();
  rmSync(dataDir, { recursive: true });
  await heldBytes();
}

test('after an hour of events and of clients that come and go, memory has not grown and nothing is open', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-soak-'));
  await loadAll();
  const atStart = openHandles();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  let elapsedMs = 0;
  const clock = clockWith({ wallMs: () => 1.8e12 + elapsedMs, monotonicMs: () => elapsedMs });
  const log = await openSqliteLog({ dataDir, recentMs: 120_000, keepSamplesMs: 600_000, clock });
  const hello = () => ({ log: log.id, version: '0', serverTime: 0, intervalMs: 1000, hosts: [] });
  const feed = openFeed({ log, hello, maxStreamAgeMs: 600_000, clock });
  const server = createServer((_, response) => sendCursor(feed.connect(everything), response, {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const regular = startRegular(feed);
  let guests: Guest[] = [];
  let came = 0;
  const held: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    for (let one = 0; one < comePerSecond; one += 1) {
      const leaveAt = second + ((second * 7 + one * 13) % stayMax);
      const reads = (second + one) % 3 !== 0;
      guests.push(
        webGuest(feed, requestOf(second + one, log), leaveAt, reads),
        httpGuest(port, leaveAt, reads),
      );
      came += 2;
    }
    elapsedMs += 1_000;
    await log.append(eventsOf(clock.wallMs()));
    if (second % 60 === 0)
      await log.append([{ ...eventsOf(clock.wallMs())[0], type: 'system-alert' } as NewEvent], 'durable');
    await vi.advanceTimersByTimeAsync(1_000);
    await turn();
    for (const guest of guests) if (guest.leaveAt <= second) guest.leave();
    guests = guests.filter(({ leaveAt }) => leaveAt > second);
    if (second % 60 === 59) held.push(await heldBytes());
  }

  const lows = held.flatMap((_, minute) =>
    minute % tidyMinutes === 0 ? [Math.min(...held.slice(minute, minute + tidyMinutes))] : [],
  );
  const late = lows.slice(lows.length / 2);
  const perHour = slopeOf(late) * (60 / tidyMinutes);
  process.stdout.write(
    `soak: ${came} clients, ${regular.seqs.length} events; ` +
      `${(perHour / 1e6).toFixed(2)} MB an hour at ${((late[0] ?? 0) / 1e6).toFixed(1)} MB\n`,
  );
  expect(perHour).toBeLessThan(slopeMaxBytesPerHour);
  expect(regular.connections).toBeGreaterThan(3);
  expect(regular.seqs).toEqual(regular.seqs.map((_, index) => (regular.seqs[0] ?? 0) + index));
  expect(regular.seqs.at(-1)).toBe(log.headSeq);

  for (const guest of guests) guest.leave();
  await regular.stop();
  await vi.waitFor(() => expect(feed.streams).toBe(0));
  server.close();
  server.closeAllConnections();
  await feed.stop();
  await log.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  rmSync(dataDir, { recursive: true });
  // SQLite closes a closed database's files when its statements are collected.
  await heldBytes();
  expect(openHandles()).toEqual(atStart);
}, 900_000);
