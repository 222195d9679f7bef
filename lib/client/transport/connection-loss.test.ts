import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeEventSource } from '@/lib/testing/fake-event-source';
import { Connection } from './connection';
import type { ConnectionState, Frame } from './frame';
import { followPage } from './page-lifecycle';

const page = new EventTarget() as EventTarget & { visibilityState: string };
const closers: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeEventSource);
  vi.stubGlobal('window', new EventTarget());
  vi.stubGlobal('navigator', { onLine: true });
  page.visibilityState = 'visible';
  vi.stubGlobal('document', page);
  FakeEventSource.opened = [];
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);
const opened = () => FakeEventSource.opened.length;

/** A connection that is live. */
function connect() {
  const states: ConnectionState[] = [];
  const frames: Frame[] = [];
  const connection = new Connection({
    types: ['cpu'],
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
  });
  closers.push(() => connection.close());
  FakeEventSource.last.emit('hello', {});
  return { states, frames, connection };
}

/** A page that wakes its connection. */
function live(connection: Connection): void {
  closers.push(
    followPage({
      wake: () => connection.wake(),
      away() {},
      leave() {},
      comeBack: () => connection.wake(),
    }),
  );
}

test('what has no id of its own is not given that of the event before it, as an EventSource does', () => {
  const { frames, connection } = connect();
  FakeEventSource.last.emit('cpu', {}, 'a-1');
  for (const type of ['hello', 'gap', 'reset', 'heartbeat']) FakeEventSource.last.emit(type, {}, 'a-1');
  expect(frames.map(([type, , id]) => `${type} ${id}`.trim())).toEqual([
    ...['hello', 'cpu a-1', 'hello', 'gap', 'reset', 'heartbeat a-1'],
  ]);
  expect(connection.lastEventId).toBe('a-1');
});

test('a loss of under 5 s is not spoken of', () => {
  const { states } = connect();
  FakeEventSource.last.fail();
  pass(5_500);
  FakeEventSource.last.emit('hello', {});
  pass(10_000);
  expect(states).toEqual(['live']);
});

test('half a minute without an answer is offline, and an answer is live again', () => {
  const { states } = connect();
  FakeEventSource.last.fail();
  pass(7_000);
  expect(states).toEqual(['live', 'reconnecting']);
  pass(22_000);
  expect(states).toEqual(['live', 'reconnecting']);
  pass(3_000);
  expect(states).toEqual(['live', 'reconnecting', 'offline']);
  FakeEventSource.last.emit('hello', {});
  expect(states.at(-1)).toBe('live');
});

test('a browser without a network is offline, not reconnecting', () => {
  const { states } = connect();
  vi.stubGlobal('navigator', { onLine: false });
  FakeEventSource.last.fail();
  pass(7_000);
  expect(states).toEqual(['live', 'offline']);
});

test('a silent connection is taken for dead within 25 s, and opened anew at its place', () => {
  const { states } = connect();
  pass(10_000);
  FakeEventSource.last.emit('cpu', {}, 'a-7');
  pass(22_000);
  expect([states, opened()]).toEqual([['live'], 1]);
  const silent = FakeEventSource.last;
  pass(2_000);
  expect([opened(), silent.readyState]).toEqual([2, FakeEventSource.CLOSED]);
  expect(FakeEventSource.last.url).toBe('/api/events?types=cpu&lastEventId=a-7');
  pass(7_000);
  expect(states).toEqual(['live', 'reconnecting']);
});

test('a heartbeat keeps the connection alive, also where nothing else comes', () => {
  connect();
  for (let beat = 1; beat <= 6; beat += 1) {
    pass(10_000);
    FakeEventSource.last.emit('heartbeat', {}, `a-${beat}`);
  }
  expect(opened()).toBe(1);
});

test('clients that were given up together come back apart, between 1 and 30 s later', async () => {
  vi.stubGlobal('fetch', async () => new Response(null, { status: 503 }));
  const waits: number[][] = [];
  for (const random of [0, 0.5, 0.999]) {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    connect();
    const own: number[] = [];
    for (let attempt = 0; attempt < 7; attempt += 1) {
      const before = opened();
      FakeEventSource.last.fail(true);
      let waited = 0;
      for (; opened() === before; waited += 1) await vi.advanceTimersByTimeAsync(1_000);
      own.push(waited);
    }
    waits.push(own);
    closers.pop()?.();
  }
  expect(waits).toEqual([
    [1, 1, 1, 1, 1, 1, 1],
    [2, 3, 5, 9, 16, 16, 16],
    [2, 4, 8, 16, 30, 30, 30],
  ]);
});

test.each(['online', 'pageshow', 'visibilitychange', 'resume'])(
  '%s connects at once what was lost',
  (event) => {
    const { connection } = connect();
    live(connection);
    pass(5_000);
    FakeEventSource.last.fail();
    expect(opened()).toBe(1);
    const target = event === 'visibilitychange' || event === 'resume' ? page : window;
    target.dispatchEvent(Object.assign(new Event(event), { persisted: true }));
    expect(opened()).toBe(2);
    target.dispatchEvent(Object.assign(new Event(event), { persisted: true }));
    expect(opened(), 'the attempt has only just begun').toBe(2);
  },
);

test('a return to what is live, or to a page that is hidden, opens nothing', () => {
  const { connection } = connect();
  live(connection);
  pass(5_000);
  page.dispatchEvent(new Event('visibilitychange'));
  expect(opened()).toBe(1);
  FakeEventSource.last.fail();
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(opened()).toBe(1);
});
