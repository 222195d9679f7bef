import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { decode, event, everything, ids, newFeed, newLog } from '@/lib/testing/feed';
import type { Chunk } from './chunk';
import type { Cursor } from './cursor';

afterEach(() => vi.useRealTimers());

/** A client over a socket: takes chunks until `room` of them wait, and more when it is drained. */
function openClient(cursor: Cursor, room = Number.POSITIVE_INFINITY) {
  const chunks: Chunk[] = [];
  let handed = 0;
  let waiting = 0;
  const send = (chunk: Chunk) => {
    chunks.push(chunk);
    waiting += 1;
    return waiting < room;
  };
  const advance = () => {
    if (waiting >= room) return;
    for (let chunk = cursor.take(); chunk && send(chunk); ) chunk = cursor.take();
  };
  cursor.onReady(advance, (chunk) => {
    handed += 1;
    return send(chunk);
  });
  advance();
  return {
    cursor,
    chunks,
    /** Pushed chunks. */
    get handed() {
      return handed;
    },
    events: () => chunks.flatMap((chunk) => decode(chunk).events),
    drain() {
      waiting = 0;
      advance();
    },
  };
}

/** A client takes everything that is ready. */
function drainAll(client: ReturnType<typeof openClient>): void {
  for (let before = -1; before < client.chunks.length; ) {
    before = client.chunks.length;
    client.drain();
  }
}

test('clients at the head share the same bytes', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const clients = [openClient(feed.connect(everything)), openClient(feed.connect(everything))];
  await log.append([event('cpu', 1), event('memory', 1)]);
  await log.append([event('cpu', 2)]);
  for (const { handed } of clients) expect(handed).toBe(2);
  expect(clients[0]?.chunks.at(-1)).toBe(clients[1]?.chunks.at(-1));
  expect(ids(clients[0]?.events() ?? [])).toEqual(['testlog-1', 'testlog-2', 'testlog-3']);
});

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ append: fc.array(fc.constantFrom('cpu', 'memory', 'deploy'), { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ append: fc.constant(Array.from({ length: 700 }, () => 'cpu')) }) },
  { weight: 4, arbitrary: fc.record({ drain: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      join: fc.constantFrom(null, 'cpu', 'deploy'),
      room: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ leave: fc.nat(5) }) },
);

test('clients that join, leave and are slow each get the matching events, in order, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const log = await newLog();
      const feed = newFeed(log);
      const all: { type: string; id: string }[] = [];
      const join = (type: string | null, room: number) => {
        const request = { ...everything, types: type ? new Set([type]) : null };
        return { type, from: all.length, ...{ client: openClient(feed.connect(request), room) } };
      };
      const present = [join(null, 2), join('cpu', Number.POSITIVE_INFINITY)];
      for (const one of steps) {
        if ('append' in one) {
          for (const { type, seq } of await log.append(one.append.map((type) => event(type, 1))))
            all.push({ type, id: `testlog-${seq}` });
        } else if ('drain' in one) present[one.drain]?.client.drain();
        else if ('join' in one) present.push(join(one.join, one.room));
        else for (const { client } of present.splice(one.leave, 1)) client.cursor.close();
      }
      expect(feed.streams).toBe(present.length);
      for (const { client, type, from } of present) {
        drainAll(client);
        const passed = all.slice(from).filter((one) => !type || one.type === type);
        expect(ids(client.events())).toEqual(passed.map(({ id }) => id));
      }
    }),
    { numRuns: 150 },
  );
});

test('a member with a full socket becomes individual, and lags alone', async () => {
  const log = await newLog();
  let clock = 0;
  const feed = newFeed(log, { clock: clockWith({ monotonicMs: () => clock }), maxLagMs: 10_000 });
  const quick = openClient(feed.connect(everything));
  const slow = openClient(feed.connect(everything), 2);
  for (let t = 1; t <= 20; t += 1) {
    clock += 1000;
    await log.append([event('cpu', t)]);
  }
  expect(ids(quick.events())).toHaveLength(20);
  expect(ids(slow.events())).toEqual(['testlog-1']);
  slow.drain();
  expect(slow.events().find(({ event: type }) => type === 'gap')?.data).toBe(
    '{"fromId":"testlog-1","toId":"testlog-20","missed":19,"reason":"too-slow"}',
  );
  slow.drain();
  await log.append([event('cpu', 21)]);
  expect(ids(slow.events()).at(-1)).toBe('testlog-21');
});

test('members of a quiet group get a heartbeat at the newest position; others do not', async () => {
  const log = await newLog();
  vi.useFakeTimers();
  const feed = newFeed(log, { heartbeatMs: 10_000 });
  const quiet = openClient(feed.connect({ ...everything, types: new Set(['deploy']) }));
  const busy = openClient(feed.connect(everything));
  for (let second = 1; second <= 21; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    await log.append([event('cpu', second)]);
  }
  const beats = quiet.events().filter(({ event: type }) => type === 'heartbeat');
  expect(beats.map(({ id }) => id)).toEqual(['testlog-9', 'testlog-19']);
  expect(busy.events().some(({ event: type }) => type === 'heartbeat')).toBe(false);
  expect(busy.handed).toBe(21);
});

test('a stop reaches members after all logged events', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const client = openClient(feed.connect(everything));
  await log.append([event('cpu', 1)]);
  await feed.stop();
  expect(client.cursor.ended).toBe(true);
  expect(decode(client.chunks.at(-1) ?? null).retries).toEqual([5500]);
  expect(ids(client.events())).toEqual(['testlog-1']);
});

test('a member whose filter matches nothing moves on with the log, and misses nothing', async () => {
  const log = await newLog({ unwrittenBytes: 500 });
  const feed = newFeed(log);
  const client = openClient(feed.connect({ ...everything, types: new Set(['deploy']) }));
  for (let t = 1; t <= 50; t += 1) await log.append([event('cpu', t)]);
  expect(log.tailSeq).toBeGreaterThan(10);
  await log.append([event('deploy', 51)]);
  expect(client.events().filter(({ event: type }) => type === 'gap')).toEqual([]);
  expect(ids(client.events())).toEqual(['testlog-51']);
});
