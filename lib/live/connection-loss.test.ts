import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ConnectionState, openConnection } from './connection';
import { FakeEventSource } from './fake-event-source';

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
function connect(): ConnectionState[] {
  const states: ConnectionState[] = [];
  const connection = openConnection({
    url: '/api/events?types=cpu',
    handlers: { cpu() {} },
    onState: (state) => states.push(state),
  });
  closers.push(connection.close);
  FakeEventSource.last.say('hello', {});
  return states;
}

test('half a minute without an answer is offline, and an answer is live again', () => {
  const states = connect();
  FakeEventSource.last.fail();
  pass(29_000);
  expect(states).toEqual(['live', 'reconnecting']);
  pass(3_000);
  expect(states).toEqual(['live', 'reconnecting', 'offline']);
  FakeEventSource.last.say('hello', {});
  expect(states.at(-1)).toBe('live');
});

test('a browser without a network says so at once', () => {
  const states = connect();
  vi.stubGlobal('navigator', { onLine: false });
  FakeEventSource.last.fail();
  expect(states).toEqual(['live', 'offline']);
});

test('a connection that is silent for 25 s is taken for dead, and opened anew at its place', () => {
  const states = connect();
  pass(10_000);
  FakeEventSource.last.say('cpu', {}, 'a-7');
  pass(24_000);
  expect([states, opened()]).toEqual([['live'], 1]);
  const silent = FakeEventSource.last;
  pass(2_000);
  expect([states.at(-1), opened(), silent.readyState]).toEqual(['reconnecting', 2, FakeEventSource.CLOSED]);
  expect(FakeEventSource.last.url).toBe('/api/events?types=cpu&lastEventId=a-7');
});

test('a heartbeat is a word, also where nothing else comes', () => {
  connect();
  for (let beat = 1; beat <= 6; beat += 1) {
    pass(10_000);
    FakeEventSource.last.say('heartbeat', {}, `a-${beat}`);
  }
  expect(opened()).toBe(1);
});

test.each(['online', 'pageshow', 'visibilitychange'])('%s connects at once what was lost', (event) => {
  connect();
  FakeEventSource.last.fail(true);
  expect(opened()).toBe(1);
  if (event === 'visibilitychange') page.dispatchEvent(new Event(event));
  else window.dispatchEvent(Object.assign(new Event(event), { persisted: true }));
  expect(opened()).toBe(2);
});

test('a return to what is live, or to a page that is hidden, opens nothing', () => {
  connect();
  page.dispatchEvent(new Event('visibilitychange'));
  expect(opened()).toBe(1);
  FakeEventSource.last.fail(true);
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(opened()).toBe(1);
});
