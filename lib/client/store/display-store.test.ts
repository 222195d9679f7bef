import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cpuSchema, type HostFacts } from '@/lib/protocol/payloads';
import { FakeEventSource } from '@/lib/testing/fake-event-source';
import { createDisplayStore, type DisplayStore } from './display-store';
import { FeedStore } from './store';

const facts: HostFacts = {
  host: 'atlas',
  os: null,
  kernel: null,
  cpuModel: null,
  cores: 4,
  memoryBytes: null,
  bootTime: null,
  container: null,
  scope: 'host',
};
const start = 1_795_000_000_000;
const nulls = Object.fromEntries(Object.keys(cpuSchema.shape).map((key) => [key, null]));
const cpu = (t: number) => cpuSchema.parse({ ...nulls, t, host: 'atlas', cores: [] });

let store: DisplayStore;
let close: () => void;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.opened = [];
  store = createDisplayStore(new FeedStore({ facts, intervalMs: 1000, serverTime: start, latest: {} }));
  close = store.connect(['cpu']);
  const greeting = { log: 'a', version: '1', serverTime: start, intervalMs: 1000, hosts: [facts] };
  FakeEventSource.last.emit('hello', greeting);
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A sample a second, the first of them a second after `t`. */
function live(t: number, seconds: number): void {
  for (let second = 1; second <= seconds; second += 1) {
    vi.advanceTimersByTime(1000);
    FakeEventSource.last.emit('cpu', cpu(t + second * 1000));
  }
}

const times = () => store.table('cpu').rows.map((row) => row.t - start);

test('what is shown stands still for as long as it is paused, past what the tables keep', () => {
  live(start, 3);
  store.pause();
  const shown = store.table('cpu');
  live(start + 3_000, 600);
  expect(store.pausedAt).toBe(start + 3_000);
  expect(store.hostNow()).toBe(start + 3_000);
  expect(store.table('cpu')).toBe(shown);
  expect(times()).toEqual([1_000, 2_000, 3_000]);
  expect(store.table('cpu').at(start + 2_100, 500)?.t).toBe(start + 2_000);
  expect([store.latest('cpu')?.t, store.last('cpu')?.t]).toEqual([start + 3_000, start + 3_000]);
  expect(store.recent('cpu', 2_000).map((row) => row.t - start)).toEqual([2_000, 3_000]);
});

test('live again, nothing of what came meanwhile is missing', () => {
  live(start, 2);
  store.pause();
  live(start + 2_000, 3);
  store.resume();
  expect(store.pausedAt).toBeNull();
  expect(times()).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
  expect(store.latest('cpu')?.t).toBe(start + 5_000);
  expect(store.hostNow()).toBe(start + 5_000);
});

test('a host that falls silent during a pause is shown as silent after it', () => {
  live(start, 2);
  store.pause();
  vi.advanceTimersByTime(60_000);
  expect(store.silentSince).toBeNull();
  store.resume();
  expect(store.silentSince).toBe(start + 2_000);
});

test('the connection’s state is current, paused or not', () => {
  store.pause();
  FakeEventSource.last.fail();
  vi.advanceTimersByTime(6_000);
  expect(store.state).not.toBe('live');
});

test('listeners are notified of both, once each', () => {
  const received: (number | null)[] = [];
  const stop = store.subscribe(() => received.push(store.pausedAt));
  live(start, 1);
  store.pause();
  store.pause();
  store.resume();
  store.resume();
  stop();
  store.pause();
  expect(received).toEqual([start + 1_000, null]);
});

test('what was rendered ages by nothing, so that a part that hydrates late finds its own HTML', () => {
  const latest = { cpu: cpu(start) };
  const rendered = createDisplayStore(
    new FeedStore({ facts, intervalMs: 1000, serverTime: start, latest }),
    start,
  );
  vi.advanceTimersByTime(60_000);
  expect([rendered.pausedAt, rendered.hostNow(), rendered.latest('cpu')]).toEqual([null, start, latest.cpu]);
});
