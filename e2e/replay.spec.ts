import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { EventSource } from 'eventsource';
import { logOf } from './log-reader';
import { makePastOnDisk } from './past';
import { type RunningServer, startServer } from './server';
import { type Ending, listen, type Received } from './sse-client';

/** An hour and a half ago, at a whole minute: two minutes that only history has by now. */
const start = Math.floor((Date.now() - 1.5 * 3_600_000) / 60_000) * 60_000;
const at = (s: number) => start + s * 1_000;
/** Where the last minute begins, which the log has all of: seconds after `start`. */
let minute = 0;
let dataDir = '';
let server: RunningServer;
let source: EventSource;
const ends: string[] = [];

test.beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-replay-'));
  minute = Math.floor((Date.now() - start) / 1_000) - 70;
  await makePastOnDisk(dataDir, start, [
    ['measure', 0, 120],
    ['say', 60.5, 'in history'],
    ['forget'],
    ['measure', minute, minute + 60],
    ['say', minute + 59.5, 'in the log'],
  ]);
  server = await startServer({
    HOSTBEAT_DATA_DIR: dataDir,
    HOSTBEAT_HOST_NAME: 'atlas',
    HOSTBEAT_INTERVAL_MS: '200',
  });
  // It comes back after 2 to 5 s, which other tests use.
  source = new EventSource(`${server.url}/api/events?from=${at(minute + 58)}&to=${at(minute + 59)}&speed=60`);
  source.addEventListener('replay-end', ({ data }) => ends.push(data));
});

test.afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

interface Played {
  readonly received: readonly Received[];
  /** `null` when the client had enough. */
  readonly ending: Ending | null;
  readonly tookMs: number;
}

const dataOf = ({ data }: Received) => JSON.parse(data);
const isTold = ({ type }: Received) => !['hello', 'gap', 'heartbeat', 'replay-end'].includes(type);

/** Listens until the stream ends, or until `isEnough`. */
async function play(
  query: string,
  {
    lastEventId = null,
    isEnough = () => false,
  }: { lastEventId?: string | null; isEnough?: (received: readonly Received[]) => boolean } = {},
): Promise<Played> {
  const received: Received[] = [];
  const beganAt = performance.now();
  let stop = () => {};
  const enough = new Promise<null>((resolve) => {
    stop = () => resolve(null);
  });
  const onEvent = (event: Received) => {
    if (isEnough(received)) return;
    received.push(event);
    if (isEnough(received)) stop();
  };
  const stream = listen({ port: server.port, query, lastEventId, onEvent });
  const ending = await Promise.race([stream.ended, enough]);
  stream.close();
  return { received, ending, tookMs: performance.now() - beganAt };
}

const streams = async () =>
  ((await (await fetch(`${server.url}/api/health`)).json()) as { streams: number }).streams;

async function playLastMinute(speed: number): Promise<void> {
  const seconds = speed === 10 ? 20 : 60;
  const from = at(minute + 60 - seconds);
  const { received, ending, tookMs } = await play(`from=${from}&to=${at(minute + 60)}&speed=${speed}`);
  expect(ending).toBe('complete');
  const [hello, ...rest] = received;
  expect(hello && dataOf(hello)).toMatchObject({
    serverTime: from,
    replay: { from, to: at(minute + 60), speed },
  });
  const told = rest.filter(isTold);
  const lastId = told.at(-1)?.id ?? '';
  const log = await logOf(server, 'cpu,memory,message', lastId);
  log.length = 1 + log.findIndex(({ id }) => id === lastId);
  expect(told.map((one) => ({ id: one.id, data: dataOf(one) }))).toEqual(log.slice(-told.length));
  expect(told.filter(({ type }) => type === 'cpu').map((one) => dataOf(one).t)).toEqual(
    Array.from({ length: seconds }, (_, s) => from + s * 1_000),
  );
  expect(told.at(-1)).toMatchObject({ type: 'message' });
  expect(rest.at(-1)).toMatchObject({
    type: 'replay-end',
    data: JSON.stringify({ t: at(minute + 60), reason: 'to' }),
  });
  expect(tookMs).toBeGreaterThan((seconds * 1_000) / speed - 50);
}

test('the last minute is what the log has of it, no faster than requested', async () => {
  await Promise.all([playLastMinute(10), playLastMinute(60)]);
});

test('a window is there at once, and then time passes', async () => {
  const from = at(minute + 50);
  const isEnough = (received: readonly Received[]) =>
    received.some((one) => isTold(one) && dataOf(one).t > from);
  const { received, tookMs } = await play(`from=${from}&window=50&types=cpu&speed=1`, { isEnough });
  expect(received.filter(isTold).map((one) => dataOf(one).t)).toEqual(
    Array.from({ length: 52 }, (_, s) => at(minute + s)),
  );
  expect(tookMs).toBeGreaterThan(950);
});

test('history stands in where the log has forgotten; cut anywhere, nothing is missed or doubled', async () => {
  const query = `from=${start}&to=${at(120)}&speed=60`;
  const inOneGo = play(query);
  const told: Received[] = [];
  let lastEventId: string | null = null;
  let ending: Ending | null = null;
  for (const most of [1, 40, 79, 100, 1_000]) {
    const isEnough = (received: readonly Received[]) => received.filter(isTold).length >= most;
    const part = await play(query, { lastEventId, isEnough });
    told.push(...part.received.filter(isTold));
    lastEventId = part.received.findLast(({ id }) => id)?.id ?? lastEventId;
    ending = part.ending;
  }
  expect(ending).toBe('complete');
  const whole = (await inOneGo).received.filter(isTold);
  expect(told).toEqual(whole);
  const cpu = whole.filter(({ type }) => type === 'cpu').map(dataOf);
  expect(cpu.map(({ t }) => t)).toEqual(Array.from({ length: 120 }, (_, s) => at(s)));
  expect(cpu[42]).toMatchObject({ host: 'atlas', totalPercent: 42, cores: [42], load1: null });
  expect(whole.find(({ type }) => type === 'message')).toMatchObject({
    id: expect.stringMatching(/^made-\d+$/),
  });
});

test('more than an hour without anything are skipped, and announced with their cause', async () => {
  const isEnough = (received: readonly Received[]) =>
    received.some((one) => isTold(one) && dataOf(one).t >= at(minute + 5));
  const { received } = await play(`from=${at(100)}&speed=60&types=cpu`, { isEnough });
  const gaps = received.filter(({ type }) => type === 'gap').map(dataOf);
  expect(gaps).toEqual([
    {
      fromId: null,
      toId: null,
      missed: null,
      reason: 'reading-failed',
      from: expect.any(Number),
      to: at(minute),
    },
  ]);
  expect(Math.floor(gaps[0].from / 1_000) * 1_000).toBe(at(119));
  expect(received.filter(isTold).map((one) => dataOf(one).t)).toEqual([
    ...Array.from({ length: 20 }, (_, s) => at(100 + s)),
    ...Array.from({ length: 6 }, (_, s) => at(minute + s)),
  ]);
});

test('at the present it ends; a client that comes back gets a 204, and an EventSource stops', async () => {
  const query = `from=${Date.now() - 1_000}&speed=60`;
  const { received, ending } = await play(query);
  expect(ending).toBe('complete');
  const last = received.at(-1);
  expect(last).toMatchObject({ type: 'replay-end' });
  expect(last && dataOf(last)).toMatchObject({ reason: 'present' });
  for (const method of ['GET', 'HEAD']) {
    const again = await fetch(`${server.url}/api/events?${query}`, {
      method,
      headers: { 'Last-Event-ID': last?.id ?? '' },
    });
    expect([again.status, await again.text()]).toEqual([204, '']);
  }

  await expect.poll(() => source.readyState).toBe(EventSource.CLOSED);
  expect(ends).toHaveLength(1);
});

test('what makes no sense is refused with the name of what it is', async () => {
  const now = Date.now();
  for (const [query, name] of [
    ['speed=10', 'speed'],
    ['to=5', 'to'],
    ['from=yesterday', 'from'],
    ['from=5', 'from'],
    [`from=${now + 3_600_000}`, 'from'],
    [`from=${now - 5_000}&to=${now - 6_000}`, 'to'],
    [`from=${now - 5_000}&speed=2`, 'speed'],
    [`from=${now - 5_000}&window=3601`, 'window'],
    [`from=${now - 5_000}&types=nothing`, 'types'],
  ] as const) {
    const refused = await fetch(`${server.url}/api/events?${query}`);
    expect(refused.status, query).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await refused.json()).errors[0].path).toBe(name);
  }
});

test('a client that goes leaves nothing; one that plays does not hold up a stop', async () => {
  const before = await streams();
  const query = `from=${at(0)}&speed=1`;
  const isEnough = (received: readonly Received[]) => received.length > 0;
  const playing = play(query);
  await play(query, { isEnough });
  await expect.poll(streams).toBe(before + 1);
  const deaf = listen({ port: server.port, query: `${query}&window=3600`, paused: true });
  await expect.poll(streams).toBe(before + 2);
  expect(await server.stop()).toBe(0);
  const { received, ending } = await playing;
  expect(ending).toBe('complete');
  expect(received.at(-1)).toMatchObject({ type: 'heartbeat', id: expect.stringContaining('made~') });
  deaf.close();
  await deaf.ended;
});
