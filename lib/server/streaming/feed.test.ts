import { afterEach, expect, test, vi } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { decode, event, everything, ids, logWith, newFeed, newLog, takeAll } from '@/lib/testing/feed';
import { webStreamOf } from './web-stream-sink';

afterEach(() => vi.useRealTimers());

test('opens with a retry between 2 and 5 s and one hello, at once and before any event', async () => {
  const feed = newFeed(await newLog());
  const { events, retries } = decode(feed.connect(everything).take());
  expect(retries).toEqual([3500]);
  expect(events).toMatchObject([{ event: 'hello' }]);
  expect(events[0]?.id).toBeUndefined();
  for (const random of [0, 0.999]) {
    const [retry = 0] = decode(
      newFeed(await newLog(), { random: () => random })
        .connect(everything)
        .take(),
    ).retries;
    expect(retry).toBeGreaterThanOrEqual(2000);
    expect(retry).toBeLessThanOrEqual(5000);
  }
});

test('without a position it starts with the next event; ids rise by one', async () => {
  const log = await newLog();
  await log.append([event('cpu', 1)]);
  const cursor = newFeed(log).connect(everything);
  await log.append([event('cpu', 2), event('memory', 2)]);
  expect(takeAll(cursor)).toMatchObject([
    { event: 'hello' },
    { event: 'cpu', id: 'testlog-2', data: '{"t":2,"host":"atlas"}' },
    { event: 'memory', id: 'testlog-3' },
  ]);
});

test('a window begins that many seconds back', async () => {
  const log = await newLog({ clock: clockWith({ wallMs: () => 100_000 }) });
  await log.append([10_000, 60_000, 90_000].map((t) => event('cpu', t)));
  const cursor = newFeed(log, { clock: clockWith({ wallMs: () => 100_000 }) }).connect({
    ...everything,
    windowSeconds: 50,
  });
  expect(ids(takeAll(cursor))).toEqual(['testlog-2', 'testlog-3']);
});

test('asked for once, it sends what there is and ends with the position to continue from', async () => {
  const log = await newLog({ clock: clockWith({ wallMs: () => 100_000 }) });
  await log.append([10_000, 60_000, 90_000].map((t) => event('cpu', t)));
  await log.append([event('memory', 95_000)]);
  const feed = newFeed(log, { clock: clockWith({ wallMs: () => 100_000 }) });
  let closed = 0;
  const asked = { ...everything, types: new Set(['cpu']), windowSeconds: 50, once: true };
  const cursor = feed.connect(asked, () => {
    closed += 1;
  });
  expect(takeAll(cursor)).toMatchObject([
    { event: 'hello' },
    { event: 'cpu', id: 'testlog-2' },
    { event: 'cpu', id: 'testlog-3' },
    { event: 'heartbeat', id: 'testlog-4' },
  ]);
  expect([cursor.ended, cursor.aborted, closed, feed.streams]).toEqual([true, false, 1, 0]);
});

test('asked for once, nothing follows the last position, even if the log grows meanwhile', async () => {
  const log = await newLog();
  await log.append([event('cpu', 1)]);
  const feed = newFeed(log);
  const cursor = feed.connect({ ...everything, lastEventId: 'testlog-0', once: true });
  const events = [];
  for (let chunk = cursor.take(); chunk; chunk = cursor.take()) {
    events.push(...decode(chunk).events);
    if (events.at(-1)?.event === 'heartbeat') await log.append([event('cpu', 2)]);
  }
  expect(events.at(-1)).toMatchObject({ event: 'heartbeat', id: 'testlog-1' });
  expect([cursor.ended, feed.streams]).toEqual([true, 0]);
});

test('asked for once, a long window comes complete', async () => {
  const log = await newLog();
  await log.append(Array.from({ length: 5_000 }, (_, n) => event('cpu', n)));
  const cursor = newFeed(log).connect({ ...everything, lastEventId: 'testlog-1', once: true });
  const text = await new Response(webStreamOf(cursor)).text();
  const { events } = decode(new TextEncoder().encode(text));
  expect(events.filter(({ event }) => event === 'cpu')).toHaveLength(4_999);
  expect(events.at(-1)).toMatchObject({ event: 'heartbeat', id: 'testlog-5000' });
});

test('a filter matches its types and hosts, and nothing else', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const cpu = feed.connect({ ...everything, types: new Set(['cpu']) });
  const elsewhere = feed.connect({ ...everything, hosts: new Set(['other']) });
  await log.append([event('cpu', 1), event('memory', 1), event('cpu', 2)]);
  expect(ids(takeAll(cpu))).toEqual(['testlog-1', 'testlog-3']);
  expect(ids(takeAll(elsewhere))).toEqual([]);
});

test('resume continues with the first later event that matches the filter', async () => {
  const log = await newLog();
  await log.append([event('cpu', 1), event('memory', 1), event('cpu', 2), event('memory', 2)]);
  const cursor = newFeed(log).connect({
    ...everything,
    types: new Set(['memory']),
    lastEventId: 'testlog-2',
    windowSeconds: 300,
  });
  expect(takeAll(cursor)).toMatchObject([{ event: 'hello' }, { id: 'testlog-4' }]);
});

test('a position older than the kept events is a gap that counts the lost ones', async () => {
  const log = await newLog({ unwrittenBytes: 50 });
  for (let t = 1; t <= 9; t += 1) await log.append([event('cpu', t)]);
  const [hello, gap, ...rest] = takeAll(newFeed(log).connect({ ...everything, lastEventId: 'testlog-3' }));
  expect(hello?.event).toBe('hello');
  expect(gap?.event).toBe('gap');
  expect(gap?.id).toBeUndefined();
  const missed = log.tailSeq - 1 - 3;
  expect(JSON.parse(gap?.data ?? '')).toEqual({
    fromId: 'testlog-3',
    toId: `testlog-${log.tailSeq - 1}`,
    missed,
    reason: 'expired',
  });
  expect(missed).toBeGreaterThan(0);
  expect(ids(rest)).toEqual(
    [`testlog-${log.tailSeq}`, `testlog-${log.tailSeq + 1}`].slice(0, 9 - log.tailSeq + 1),
  );
});

test.each([
  ['elsewhere-7', 'other-log', 0],
  ['not an id', 'other-log', 0],
  ['testlog-99', 'ahead', 2],
])('the position %j is a gap: %s', async (lastEventId, reason, toSeq) => {
  const log = await newLog();
  await log.append([event('cpu', 1), event('cpu', 2)]);
  const [, gap, ...rest] = takeAll(newFeed(log).connect({ ...everything, lastEventId }));
  expect(gap?.event).toBe('gap');
  expect(JSON.parse(gap?.data ?? '')).toEqual({
    fromId: lastEventId,
    toId: `testlog-${toSeq}`,
    missed: null,
    reason,
  });
  expect(ids(rest)).toEqual(['testlog-1', 'testlog-2'].slice(toSeq));
});

test('a reader slower than the window gets a gap, and continues with the kept events', async () => {
  const log = await newLog({ unwrittenBytes: 60 });
  const cursor = newFeed(log).connect(everything);
  await log.append([event('cpu', 1)]);
  expect(ids(takeAll(cursor))).toEqual(['testlog-1']);
  for (let t = 2; t <= 9; t += 1) await log.append([event('cpu', t)]);
  const [gap, ...rest] = takeAll(cursor);
  expect(JSON.parse(gap?.data ?? '')).toMatchObject({ fromId: 'testlog-1', reason: 'too-slow' });
  expect(rest.every(({ event: type }) => type === 'cpu')).toBe(true);
  expect(ids(rest)[0]).toBe(`testlog-${log.tailSeq}`);
  expect(ids(rest).at(-1)).toBe('testlog-9');
});

test('a gap in the ids is announced at its place', async () => {
  const log = await newLog();
  await log.append([1, 2, 3, 4].map((t) => event('cpu', t)));
  const withGap = logWith(log, {
    read: async (after, limit) => (await log.read(after, limit)).filter(({ seq }) => seq !== 2 && seq !== 3),
  });
  const cursor = newFeed(withGap).connect({ ...everything, lastEventId: 'testlog-0' });
  const seen: string[] = [];
  await vi.waitFor(() => {
    for (const { event: type, id, data } of takeAll(cursor)) seen.push(id ?? `${type} ${data}`);
    expect(seen.at(-1)).toBe('testlog-4');
  });
  expect(seen.slice(1)).toEqual([
    'testlog-1',
    'gap {"fromId":"testlog-1","toId":"testlog-3","missed":null,"reason":"lost"}',
    'testlog-4',
  ]);
});

test('clients at the same position get the same bytes', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const [one, other] = [feed.connect(everything), feed.connect(everything)];
  one.take();
  other.take();
  await log.append([event('cpu', 1), event('memory', 1)]);
  const bytes = one.take();
  expect(bytes).not.toBeNull();
  expect(other.take()).toBe(bytes);
});

test('clients still share their bytes after many appends', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const [one, other] = [feed.connect(everything), feed.connect(everything)];
  for (let t = 0; t < 400; t += 1) {
    await log.append([event('cpu', t)]);
    takeAll(one);
    takeAll(other);
  }
  await log.append([event('cpu', 400), event('memory', 400)]);
  expect(other.take()).toBe(one.take());
});

test('a long replay comes in bounded chunks, complete', async () => {
  const log = await newLog();
  const json = JSON.stringify({ text: 'x'.repeat(400) });
  const events = Array.from({ length: 5000 }, (_, t) => ({ ...event('cpu', t), json }));
  await log.append(events);
  const cursor = newFeed(log).connect({ ...everything, lastEventId: 'testlog-0' });
  const seen: string[] = [];
  for (let bytes = cursor.take(); bytes; bytes = cursor.take()) {
    expect(bytes.bytes.length).toBeLessThanOrEqual(66 * 1024);
    seen.push(...ids(decode(bytes).events));
  }
  expect(seen).toEqual(events.map((_, index) => `testlog-${index + 1}`));
});

test('a quiet, filtered stream gets a comment and a heartbeat whose id is the newest position', async () => {
  vi.useFakeTimers();
  const log = await newLog();
  const cursor = newFeed(log).connect({
    ...everything,
    types: new Set(['memory']),
  });
  cursor.take();
  await log.append([event('cpu', 1), event('cpu', 2)]);
  expect(cursor.take()).toBeNull();
  let ready = 0;
  cursor.onReady(() => {
    ready += 1;
  });
  vi.advanceTimersByTime(9_000);
  expect(ready).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(ready).toBeGreaterThan(0);
  const { events, comments } = decode(cursor.take());
  expect(comments).toHaveLength(1);
  expect(events).toEqual([{ id: 'testlog-2', event: 'heartbeat', data: '{"serverTime":1000}' }]);
  expect(cursor.take()).toBeNull();
});

test('a stream ends at its age, and the timer with the last stream', async () => {
  const log = await newLog();
  vi.useFakeTimers();
  const feed = newFeed(log, { maxStreamAgeMs: 60_000 });
  const cursor = feed.connect(everything);
  cursor.take();
  vi.advanceTimersByTime(59_000);
  cursor.take();
  expect(cursor.ended).toBe(false);
  vi.advanceTimersByTime(2_000);
  cursor.take();
  expect(cursor.ended).toBe(true);
  expect(feed.streams).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('stop sends every stream the logged events and a retry delay, and ends it', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const cursor = feed.connect(everything);
  cursor.take();
  await log.append([event('cpu', 1)]);
  feed.stop();
  expect(ids(decode(cursor.take()).events)).toEqual(['testlog-1']);
  expect(decode(cursor.take()).retries).toEqual([5500]);
  expect(cursor.ended).toBe(true);
  expect(feed.streams).toBe(0);
});

test('a web stream passes chunks on, and frees its admission when cancelled', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const reader = webStreamOf(feed.connect(everything)).getReader();
  expect(decode((await reader.read()).value ?? null).events).toMatchObject([{ event: 'hello' }]);
  const next = reader.read();
  await log.append([event('cpu', 1)]);
  expect(ids(decode((await next).value ?? null).events)).toEqual(['testlog-1']);
  expect(feed.streams).toBe(1);
  const waiting = reader.read();
  await reader.cancel();
  expect(feed.streams).toBe(0);
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test('a web stream without a reader takes no more than one chunk', async () => {
  const log = await newLog();
  const feed = newFeed(log);
  const cursor = feed.connect(everything);
  const take = vi.spyOn(cursor, 'take');
  const stream = webStreamOf(cursor);
  await Promise.resolve();
  for (let t = 0; t < 100; t += 1) await log.append([event('cpu', t)]);
  expect(take).toHaveBeenCalledTimes(1);
  await stream.cancel();
});

test('a web stream closes when its cursor ends', async () => {
  const feed = newFeed(await newLog());
  const reader = webStreamOf(feed.connect(everything)).getReader();
  await reader.read();
  feed.stop();
  expect(decode((await reader.read()).value ?? null).retries).toEqual([5500]);
  expect((await reader.read()).done).toBe(true);
});

test('a stream whose client does not read is aborted soon after its maximum age', async () => {
  const log = await newLog();
  vi.useFakeTimers();
  const feed = newFeed(log, {
    maxStreamAgeMs: 60_000,
    drainTimeoutMs: 3_000,
  });
  const reader = webStreamOf(feed.connect(everything)).getReader();
  vi.advanceTimersByTime(62_000);
  expect(feed.streams).toBe(1);
  vi.advanceTimersByTime(7_000);
  expect(feed.streams).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
  await expect(reader.closed).rejects.toThrow('does not read');
});

test('stop resolves when all streams have ended, those that do not read included', async () => {
  const log = await newLog();
  vi.useFakeTimers();
  const feed = newFeed(log, { drainTimeoutMs: 3_000 });
  const [reader] = [feed.connect(everything), feed.connect(everything)];
  let stopped = false;
  const stopping = feed.stop().then(() => {
    stopped = true;
  });
  takeAll(reader);
  expect(reader.ended).toBe(true);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(stopped).toBe(false);
  await vi.advanceTimersByTimeAsync(2_000);
  await stopping;
  expect(feed.streams).toBe(0);
  await newFeed(log).stop();
});

test('a client that takes nothing for long skips samples with a counted gap, and misses no durable event', async () => {
  const log = await newLog();
  let clock = 0;
  const feed = newFeed(log, { clock: clockWith({ monotonicMs: () => clock }), maxLagMs: 10_000 });
  const [slow, loginsOnly, filtered] = [
    feed.connect(everything),
    feed.connect({ ...everything, types: new Set(['user-login', 'deploy']) }),
    feed.connect({ ...everything, types: new Set(['cpu', 'user-login']) }),
  ];
  for (const cursor of [slow, loginsOnly, filtered]) takeAll(cursor);
  for (let t = 1; t <= 12; t += 1) {
    clock += 1000;
    await log.append([event('cpu', t), event('memory', t)]);
    if (t === 3 || t === 11) await log.append([event('user-login', t), event('deploy', t)]);
  }
  expect(takeAll(slow).map(({ event: type, id, data }) => (type === 'gap' ? data : id))).toEqual([
    '{"fromId":"testlog-0","toId":"testlog-28","missed":24,"reason":"too-slow"}',
    'testlog-7',
    'testlog-8',
    'testlog-25',
    'testlog-26',
  ]);
  expect(ids(takeAll(loginsOnly))).toEqual(['testlog-7', 'testlog-8', 'testlog-25', 'testlog-26']);
  expect(takeAll(filtered).map(({ event: type, id, data }) => (type === 'gap' ? data : id))).toEqual([
    '{"fromId":"testlog-0","toId":"testlog-28","missed":null,"reason":"too-slow"}',
    'testlog-7',
    'testlog-25',
  ]);
  await log.append([event('cpu', 13)]);
  expect(ids(takeAll(slow))).toEqual(['testlog-29']);
});

test('a client that is slow while it replays what it asked for gets all of it', async () => {
  const log = await newLog();
  let clock = 0;
  const feed = newFeed(log, { clock: clockWith({ monotonicMs: () => clock }), maxLagMs: 10_000 });
  const json = JSON.stringify({ text: 'x'.repeat(4000) });
  await log.append(Array.from({ length: 100 }, (_, t) => ({ ...event('cpu', t), json })));
  const cursor = feed.connect({ ...everything, lastEventId: 'testlog-0' });
  const seen: string[] = [];
  for (let chunk = cursor.take(); chunk; chunk = cursor.take()) {
    seen.push(...ids(decode(chunk).events));
    clock += 60_000;
    if (seen.length < 100) await log.append([]);
  }
  expect(seen).toHaveLength(100);
});

test('durable events survive an expired window, and the gap counts only the samples', async () => {
  const log = await newLog({ unwrittenBytes: 60 });
  await log.append([event('user-login', 1), event('cpu', 2), event('message', 3)], 'durable-if-possible');
  for (let t = 4; t <= 9; t += 1) await log.append([event('cpu', t)]);
  const [, gap, ...rest] = takeAll(newFeed(log).connect({ ...everything, lastEventId: 'testlog-0' }));
  const lost = log.tailSeq - 1;
  expect(JSON.parse(gap?.data ?? '')).toEqual({
    fromId: 'testlog-0',
    toId: `testlog-${lost}`,
    missed: lost - 2,
    reason: 'expired',
  });
  expect(ids(rest).slice(0, 3)).toEqual(['testlog-1', 'testlog-3', `testlog-${log.tailSeq}`]);
});

test('a connection during shutdown gets only a retry delay', async () => {
  const log = await newLog();
  await log.append([event('cpu', 1)]);
  const feed = newFeed(log);
  await feed.stop();
  let closed = 0;
  const cursor = feed.connect({ ...everything, lastEventId: 'testlog-0' }, () => {
    closed += 1;
  });
  expect(decode(cursor.take())).toEqual({
    events: [{ event: 'heartbeat', id: undefined, data: '{"serverTime":1000}' }],
    retries: [5500],
    comments: [],
  });
  expect([cursor.ended, cursor.take(), closed]).toEqual([true, null, 1]);
  cursor.close();
  expect(closed).toBe(1);
});
