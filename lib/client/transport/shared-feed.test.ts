import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeEventSource } from '@/lib/testing/fake-event-source';
import { FakePage } from '@/lib/testing/fake-port';
import { SharedFeed } from './shared-feed';

let feed: SharedFeed;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('navigator', { onLine: true });
  FakeEventSource.opened = [];
  feed = new SharedFeed();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const isOpen = (source: FakeEventSource) => source.readyState !== FakeEventSource.CLOSED;
const open = () => FakeEventSource.opened.filter(isOpen);
/** The shared stream is the one that carries alerts. */
const stream = () => {
  const [only] = open().filter(({ url }) => url.includes('system-alert'));
  if (!only) throw new Error('There is no shared stream');
  return only;
};
const past = () => open().find(({ url }) => !url.includes('system-alert'));
const query = (source: FakeEventSource | undefined) =>
  new URL(source?.url ?? '', 'http://localhost').searchParams;

function greet(source: FakeEventSource, serverTime = 1_000): void {
  source.emit('hello', { serverTime, hosts: [] });
}

/** Numbered by `seq`, which is its time in seconds too. */
function event(source: FakeEventSource, type: string, seq: number): void {
  source.emit(type, { t: seq * 1000 }, `a-${seq}`);
}

function enter(types: readonly string[]): FakePage {
  const page = new FakePage();
  page.send = feed.attach(page);
  page.join([...types, 'system-alert']);
  return page;
}

/** A page of `cpu`, live, that has had a-1 to a-3. */
async function begin(): Promise<FakePage> {
  const page = enter(['cpu']);
  greet(stream());
  for (const seq of [1, 2, 3]) event(stream(), 'cpu', seq);
  await pass(10);
  return page;
}

test('one stream serves all, each with what it wants, and who comes later has the past at once', async () => {
  const first = await begin();
  const second = enter(['cpu']);
  await pass(10);
  event(stream(), 'cpu', 4);
  await pass(10);
  expect(open()).toHaveLength(1);
  expect(first.ids('cpu')).toEqual(['a-1', 'a-2', 'a-3', 'a-4']);
  expect(second.ids('cpu')).toEqual(first.ids('cpu'));
  expect(second.types()[0]).toBe('hello');
  expect(second.deliveries.at(-1)?.state).toBe('live');
});

test('the greeting that a late page gets tells the time as it is then', async () => {
  await begin();
  await pass(7_000);
  const late = enter(['cpu']);
  const [, data] = late.frames[0] ?? [];
  expect(JSON.parse(data ?? '').serverTime).toBeGreaterThanOrEqual(8_000);
});

test('a type that comes in late has its past by a second way, before what is new, each once', async () => {
  const first = await begin();
  const second = enter(['cpu', 'memory']);
  await pass(60);
  expect(query(stream()).get('lastEventId')).toBe('a-3');
  expect(query(stream()).get('types')?.split(',')).toContain('memory');
  expect([query(past()).get('types'), query(past()).get('window')]).toEqual(['memory', '300']);

  greet(stream());
  event(stream(), 'memory', 5);
  event(stream(), 'cpu', 6);
  await pass(10);
  expect(second.ids('memory'), 'the present waits for the past').toEqual([]);
  expect(second.ids('cpu'), 'of that type alone').toEqual(['a-1', 'a-2', 'a-3', 'a-6']);

  const way = past();
  if (!way) throw new Error('There is no way to the past');
  greet(way);
  for (const seq of [1, 2]) event(way, 'memory', seq);
  await pass(10);
  expect(second.ids('memory')).toEqual(['a-1', 'a-2']);
  event(way, 'memory', 5);
  await pass(10);
  expect(second.ids('memory')).toEqual(['a-1', 'a-2', 'a-5']);
  expect(past()).toBeUndefined();
  expect(first.ids('memory')).toEqual([]);
  expect(first.ids('cpu')).toEqual(['a-1', 'a-2', 'a-3', 'a-6']);
});

test('the past of a type that comes in late is as old as it is', async () => {
  const first = await begin();
  enter(['cpu', 'memory']);
  const page = enter(['memory']);
  await pass(60);
  const way = past();
  if (!way) throw new Error('There is no way to the past');
  await pass(5_000);
  greet(way, 8_000);
  event(stream(), 'memory', 8);
  way.emit('gap', { reason: 'lost' });
  for (const seq of [1, 2, 3]) event(way, 'memory', seq);
  await pass(10);
  // The host's clock was at 3 s some 5 s ago.
  const ages = page.frames.flatMap(([type, , , ageMs]) =>
    type === 'memory' ? [Math.round(ageMs / 1000)] : [],
  );
  expect(ages).toEqual([7, 6, 5, 0]);
  expect(first.frames.every(([, , , ageMs]) => ageMs < 100)).toBe(true);
});

test('the way to a quiet past ends with a heartbeat, and at the latest after 20 s', async () => {
  await begin();
  enter(['sensor-data']);
  await pass(60);
  past()?.emit('heartbeat', { serverTime: 1 }, 'a-2');
  expect(past()).toBeDefined();
  past()?.emit('heartbeat', { serverTime: 1 }, 'a-3');
  expect(past()).toBeUndefined();
  const late = enter(['pressure']);
  await pass(60);
  event(stream(), 'pressure', 9);
  await pass(20_000);
  expect(past()).toBeUndefined();
  expect(late.ids('pressure')).toEqual(['a-9']);
});

test('no more than two ways to the past are open at a time, and all types come in the end', async () => {
  await begin();
  for (const type of ['memory', 'network', 'disk', 'pressure']) {
    enter([type]);
    await pass(60);
  }
  const ways = () => open().filter((source) => source !== stream());
  expect(ways()).toHaveLength(2);
  for (let round = 0; round < 3; round += 1) {
    for (const way of ways()) way.emit('heartbeat', { serverTime: 1 }, 'a-3');
    await pass(60);
  }
  expect(ways()).toHaveLength(0);
  expect(query(stream()).get('types')?.split(',').slice(-4).sort()).toEqual([
    'disk',
    'memory',
    'network',
    'pressure',
  ]);
});

test('what nobody wants any more is no longer streamed, and nothing is when nobody is left', async () => {
  const first = await begin();
  const second = enter(['processes']);
  await pass(60);
  second.send('bye');
  await pass(4_000);
  expect(query(stream()).get('types')).toContain('processes');
  past()?.emit('heartbeat', { serverTime: 1 }, 'a-3');
  await pass(6_000);
  expect(query(stream()).get('types')).not.toContain('processes');
  first.send('bye');
  expect(open()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a gap is sent to every page, in its place', async () => {
  const first = await begin();
  const second = enter(['memory']);
  for (const type of ['gap', 'reset']) stream().emit(type, { reason: 'lost' });
  event(stream(), 'cpu', 9);
  await pass(10);
  expect(first.types().slice(-3)).toEqual(['gap', 'reset', 'cpu']);
  expect(second.types()).toContain('gap');
  const third = enter(['cpu']);
  await pass(10);
  expect(third.types()).toEqual(['hello', 'cpu', 'cpu', 'cpu', 'gap', 'reset', 'cpu']);
});

test('a frozen page is sent nothing more, is given up after 30 s, and is whole when it thaws', async () => {
  const page = await begin();
  page.isFrozen = true;
  const before = page.deliveries.length;
  for (let seq = 4; seq < 50; seq += 1) {
    event(stream(), 'cpu', seq);
    await pass(1_000);
    if (seq === 20) enter(['cpu']);
  }
  expect(page.deliveries.length - before).toBe(1);
  page.isFrozen = false;
  page.send('ack');
  expect(page.messages.at(-1)).toBe('rejoin');
  page.join(['cpu']);
  await pass(10);
  const all = Array.from({ length: 49 }, (_, index) => `a-${index + 1}`);
  expect(page.ids('cpu')).toEqual(all);
});

test('a page that was frozen for longer than events are kept gets a gap', async () => {
  const page = await begin();
  enter(['cpu']);
  page.isFrozen = true;
  for (let seq = 4; seq < 450; seq += 1) {
    event(stream(), 'cpu', seq);
    await pass(1_000);
  }
  page.isFrozen = false;
  page.send('ack');
  page.join(['cpu']);
  await pass(10);
  const types = page.types();
  expect(types.lastIndexOf('gap')).toBe(types.length - page.ids('cpu').length + 3);
  expect(page.ids('cpu').at(-1)).toBe('a-449');
});

test('frozen pages alone keep no stream open', async () => {
  const page = await begin();
  page.isFrozen = true;
  event(stream(), 'cpu', 4);
  await pass(33_000);
  expect(open()).toEqual([]);
  page.isFrozen = false;
  page.send('wake');
  expect(page.messages.at(-1)).toBe('rejoin');
  page.join(['cpu', 'system-alert']);
  expect(query(stream()).get('window'), 'nobody received what happened meanwhile').toBe('300');
});

test('a hidden page gets a batch every 3 s, and the rest when it is visible', async () => {
  const page = await begin();
  page.send({ away: true });
  const before = page.deliveries.length;
  for (let seq = 4; seq < 34; seq += 1) {
    event(stream(), 'cpu', seq);
    await pass(1_000);
  }
  const batches = page.deliveries.length - before;
  expect(batches).toBeGreaterThanOrEqual(7);
  expect(batches).toBeLessThanOrEqual(11);
  event(stream(), 'cpu', 34);
  page.send({ away: false });
  await pass(10);
  expect(page.ids('cpu')).toEqual(Array.from({ length: 34 }, (_, index) => `a-${index + 1}`));
});

test('the lock of a page is waited for, and its end is the end of its place', async () => {
  let release: (() => void) | undefined;
  const request = vi.fn((_: string, __: unknown, granted: () => void) => {
    release = granted;
    return Promise.resolve();
  });
  vi.stubGlobal('navigator', { onLine: true, locks: { request } });
  const page = await begin();
  page.send({ lock: 'page-1' });
  expect(request.mock.calls[0]?.[0]).toBe('page-1');
  expect(open()).toHaveLength(1);
  release?.();
  expect(open()).toEqual([]);
});

test('a quiet page is spoken to every 10 s, and a question is answered at once', async () => {
  const page = await begin();
  const before = page.deliveries.length;
  for (let second = 0; second < 60; second += 1) {
    stream().emit('cpu', { t: second * 1000 }, `a-${second + 4}`);
    page.isFrozen = false;
    await pass(1_000);
  }
  expect(page.deliveries.length - before).toBeGreaterThan(50);
  page.send('ping');
  const asked = page.deliveries.length;
  page.send('ping');
  expect(page.deliveries.length).toBe(asked + 1);
});

test('who comes after a refusal is tried for anew', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 401 }));
  const page = await begin();
  stream().fail(true);
  await pass(100);
  expect(page.deliveries.at(-1)?.state).toBe('refused');
  expect(open()).toEqual([]);
  enter(['cpu']);
  expect(open()).toHaveLength(1);
});

test('a day of samples, with a page that takes them and one that is frozen, leaves no more than minutes do', async () => {
  await begin();
  const frozen = enter(['cpu']);
  frozen.isFrozen = true;
  for (let seq = 4; seq < 86_400; seq += 1) {
    event(stream(), 'cpu', seq);
    await pass(1_000);
  }
  const late = enter(['cpu']);
  expect(late.ids('cpu').length).toBeLessThanOrEqual(331);
  expect(frozen.ids('cpu').length).toBeLessThan(10);
});

test('a page gets only its own types, and the server is asked only for types that pages use', async () => {
  const embed = new FakePage();
  embed.send = feed.attach(embed);
  embed.join(['cpu']);
  const [source] = open();
  expect(query(source).get('types')).toBe('cpu');

  const dashboard = enter(['cpu', 'processes']);
  await pass(60);
  greet(stream());
  event(stream(), 'processes', 1);
  event(stream(), 'system-alert', 2);
  event(stream(), 'cpu', 3);
  for (const one of open()) if (one !== stream()) event(one, 'heartbeat', 3);
  await pass(60);
  expect(new Set(embed.types())).toEqual(new Set(['hello', 'cpu']));
  expect(dashboard.ids('processes')).toEqual(['a-1']);

  // What is still on its way of a type that nobody wants any more is nobody's.
  const before = stream();
  dashboard.send('bye');
  await pass(6_000);
  expect(open().map((one) => query(one).get('types'))).toEqual(['cpu']);
  event(before, 'processes', 4);
  const [now] = open();
  if (now) event(now, 'processes', 5);
  await pass(60);
  expect(embed.types()).not.toContain('processes');
});
