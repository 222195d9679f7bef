import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { InitialState } from '@/lib/protocol/initial-state';
import { cpuSchema, type HostFacts, memorySchema } from '@/lib/protocol/payloads';
import { FakeEventSource } from '@/lib/testing/fake-event-source';
import { sampleState } from '../react/use-sample';
import type { Frame } from '../transport/frame';
import { FeedStore, type LiveStore } from './store';
import type { Timeline } from './timeline';

const facts: HostFacts = {
  host: 'atlas',
  os: 'Debian GNU/Linux 12',
  kernel: '6.1',
  cpuModel: 'EPYC',
  cores: 4,
  memoryBytes: 100,
  bootTime: 1,
  container: null,
  scope: 'host',
};

/** The host's clock at the start of a test; this browser's is years away from it. */
const start = 1_795_000_000_000;

const nulls = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, null]));
const cpu = (t: number) =>
  cpuSchema.parse({ ...nulls(Object.keys(cpuSchema.shape)), t, host: 'atlas', cores: [] });
const memory = (t: number) =>
  memorySchema.parse({ ...nulls(Object.keys(memorySchema.shape)), t, host: 'atlas' });

const closers: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.opened = [];
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTime(ms);

function openStore(latest: InitialState['latest'] = {}): LiveStore {
  const store = new FeedStore({ facts, intervalMs: 1000, serverTime: start, latest });
  closers.push(store.connect(['cpu', 'memory', 'system-alert']));
  return store;
}

function greet(serverTime: number, hosts: readonly HostFacts[] = [facts]): void {
  FakeEventSource.last.emit('hello', { log: 'a', version: '1', serverTime, intervalMs: 1000, hosts });
}

/** Both samples of a tick. */
function tick(t: number): void {
  FakeEventSource.last.emit('cpu', cpu(t));
  FakeEventSource.last.emit('memory', memory(t));
}

/** A second at a time, with a sample at the end of each. */
function live(from: number, seconds: number): number {
  for (let second = 1; second <= seconds; second += 1) {
    pass(1000);
    tick(from + second * 1000);
  }
  return from + seconds * 1000;
}

test('a step of the browser’s clock, forward or back, makes no live page silent', () => {
  const store = openStore();
  greet(start);
  let t = live(start, 3);
  for (const step of [3_600_000, -7_200_000]) {
    vi.setSystemTime(Date.now() + step);
    expect(store.silentSince).toBeNull();
    expect(store.latest('cpu')?.t).toBe(t);
    expect(store.hostNow()).toBe(t);
    t = live(t, 1);
  }
});

test.each([3_600_000, -3_600_000])('a step of the host’s clock by %d ms is followed', (step) => {
  const store = openStore();
  greet(start);
  let t = live(start, 20) + step;
  t = live(t, 1);
  expect(store.silentSince).toBeNull();
  expect(store.latest('memory')?.t).toBe(t);
  expect(store.hostNow()).toBe(t);
});

test('what others publish, with whatever time, sets no clock and breaks no silence', () => {
  const store = openStore();
  greet(start);
  const t = live(start, 2);
  for (const astray of [t + 86_400_000, t - 86_400_000, t + 9_000_000]) {
    FakeEventSource.last.emit('message', { t: astray, host: 'atlas', text: 'note' });
    expect(store.hostNow()).toBe(t);
  }
  pass(7_000);
  FakeEventSource.last.emit('message', { t: t + 7_000, host: 'atlas', text: 'note' });
  expect(store.silentSince).toBe(t);
});

test('reports since when nothing came, and clears that with the next sample', () => {
  const store = openStore();
  greet(start);
  const t = live(start, 3);
  pass(5_900);
  expect(store.silentSince).toBeNull();
  pass(200);
  expect(store.silentSince).toBe(t);
  expect(store.latest('cpu')).toBeNull();
  live(t + 7_000, 1);
  expect(store.silentSince).toBeNull();
});

test('the row that the page was rendered with stays the newest while a slow link brings older ones', () => {
  const store = openStore({ cpu: cpu(start - 500), memory: memory(start - 500) });
  expect(store.latest('cpu')?.t).toBe(start - 500);
  pass(4_000);
  greet(start + 4_000);
  for (let age = 300; age >= 1; age -= 1) {
    pass(100);
    tick(start + 4_000 - age * 1000);
    expect(store.silentSince).toBeNull();
    expect(store.latest('cpu')?.t).toBeGreaterThanOrEqual(start - 500);
  }
  expect(store.table('cpu').rows).toHaveLength(300);
  expect(store.latest('cpu')?.t).toBe(start + 3_000);
  tick(start + 34_000);
  expect(store.latest('cpu')?.t).toBe(start + 34_000);
});

test('is silent once the replay is through and nothing young was in it', () => {
  const store = openStore({ cpu: cpu(start - 60_000) });
  greet(start);
  FakeEventSource.last.emit('cpu', cpu(start - 60_000));
  expect(store.latest('cpu')).toBeNull();
  expect(store.silentSince).toBeNull();
  pass(10_000);
  FakeEventSource.last.emit('heartbeat', { serverTime: start + 10_000 });
  expect(store.silentSince).toBe(start - 60_000);
});

test('during the first connection attempt, the host is not reported as silent', () => {
  const store = openStore({ cpu: cpu(start - 500) });
  pass(20_000);
  expect(store.silentSince).toBeNull();
  FakeEventSource.last.fail(true);
  pass(40_000);
  expect(store.state).toBe('offline');
  expect(store.silentSince).toBe(start - 500);
});

test('the first row after a gap does not follow on the last before it, in every table', () => {
  const store = openStore();
  greet(start);
  const t = live(start, 2);
  FakeEventSource.last.emit('gap', { fromId: 'a-1', toId: 'b-0', missed: null, reason: 'other-log' });
  live(t, 2);
  const afterGap = <T extends LoggedType>({ rows, followsGap }: Timeline<LoggedPayloads[T]>) =>
    rows.map(followsGap);
  expect(afterGap(store.table('cpu'))).toEqual([false, false, true, false]);
  expect(afterGap(store.table('memory'))).toEqual([false, false, true, false]);
});

/** A store that asks `past` for what it has missed; its first question is the connection's own. */
async function openMended(past: (position: string | undefined) => readonly Frame[]) {
  let asked = 0;
  const store = new FeedStore(
    { facts, intervalMs: 1000, serverTime: start, latest: {} },
    async (_, __, position) => {
      asked += 1;
      return asked === 1 ? null : past(position);
    },
  );
  closers.push(store.connect(['cpu', 'memory', 'sensor-data', 'message', 'system-alert']));
  await vi.waitFor(() => expect(FakeEventSource.opened).not.toHaveLength(0));
  greet(start);
  return { store, asked: () => asked };
}
const atSecond = (second: number) => start + second * 1000;
const frameOf = (second: number, log = 'a'): Frame => [
  'cpu',
  JSON.stringify(cpu(atSecond(second))),
  `${log}-${second}`,
  0,
];
/** One sample of `cpu` a second, numbered by its second. */
function receive(seconds: readonly number[], log = 'a'): void {
  for (const second of seconds) {
    pass(1000);
    FakeEventSource.last.emit('cpu', cpu(atSecond(second)), `${log}-${second}`);
  }
}
const secondsOf = (rows: readonly { readonly t: number }[]) => rows.map(({ t }) => (t - start) / 1000);
const tooSlow = { fromId: 'a-1', toId: 'a-9', missed: 4, reason: 'too-slow' };

test('what this page was too slow for is fetched once it has calmed down, and fills the gap', async () => {
  const past: Frame[] = [];
  const { store, asked } = await openMended(() => past);
  receive([1, 2, 3]);
  FakeEventSource.last.emit('gap', tooSlow);
  pass(2_000);
  FakeEventSource.last.emit('gap', tooSlow);
  receive([8, 9]);
  expect(secondsOf(store.table('cpu').rows)).toEqual([1, 2, 3, 8, 9]);
  past.push(...[1, 2, 3, 4, 5, 6].map((second) => frameOf(second)));
  past.push(['gap', '{"reason":"lost"}', '', 0], frameOf(8), frameOf(9));
  receive([10, 11]);
  await vi.waitFor(() => expect(store.table('cpu').rows).toHaveLength(10));
  const { rows, followsGap } = store.table('cpu');
  expect(secondsOf(rows)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11]);
  expect(secondsOf(rows.filter(followsGap))).toEqual([8]);
  expect(asked()).toBe(2);
});

test('a gap that is filled doubles no later event, and notifies of nothing again', async () => {
  const sensors = (t: number, value: number) => ({
    ...{ t, host: 'atlas' },
    sensors: [
      { id: 'greenhouse', label: 'greenhouse', kind: 'custom', value, unit: '', high: null, critical: null },
    ],
  });
  const note = (t: number) => ({ t, host: 'atlas', title: null, text: 'note', url: null, source: null });
  const { store } = await openMended(() => [
    frameOf(1),
    ['sensor-data', JSON.stringify(sensors(atSecond(2), 7)), 'a-2', 0],
    ['message', JSON.stringify(note(atSecond(3))), 'a-3', 0],
    ['cpu', JSON.stringify(cpu(atSecond(4))), 'a-4', 0],
    ['sensor-data', JSON.stringify(sensors(atSecond(5), 8)), 'a-5', 0],
  ]);
  receive([1]);
  FakeEventSource.last.emit('gap', tooSlow);
  FakeEventSource.last.emit('message', note(atSecond(3)), 'a-3');
  const [told] = store.table('message').rows;
  receive([4]);
  pass(3_000);
  await vi.waitFor(() => expect(store.table('sensor-data').rows).toHaveLength(1));
  expect(store.sensors().map(({ sensor }) => sensor.value)).toEqual([7]);
  expect(store.table('message').rows).toEqual([told]);
  expect(store.table('message').rows[0]).toBe(told);
  FakeEventSource.last.emit('sensor-data', sensors(atSecond(5), 8), 'a-5');
  expect(secondsOf(store.table('sensor-data').rows)).toEqual([2, 5]);
});

test('an alert that ended during a long absence of this page is not shown as active', async () => {
  const alert = (state: string, second: number) => ({
    ...{ t: atSecond(second), since: atSecond(2), host: 'atlas', alertId: 'x', ruleId: 'cpu', name: 'CPU' },
    ...{ kind: 'rule', severity: 'critical', state, metric: null, value: null, threshold: null },
    ...{ message: '', culprits: [] },
  });
  const positions: (string | undefined)[] = [];
  const { store } = await openMended((position) => {
    positions.push(position);
    return position ? [['system-alert', JSON.stringify(alert('resolved', 100)), 'a-100', 0]] : [];
  });
  receive([1]);
  FakeEventSource.last.emit('system-alert', alert('firing', 2), 'a-2');
  expect([...store.firing.keys()]).toEqual(['x']);
  FakeEventSource.last.emit('gap', { ...tooSlow, toId: null });
  receive([700, 701]);
  pass(3_000);
  await vi.waitFor(() => expect([...store.firing.keys()]).toEqual([]));
  expect(positions).toEqual([undefined, 'a-2']);
});

test('events of a log that is gone stay, with a gap before those of the next', async () => {
  const { store, asked } = await openMended(() => [frameOf(6, 'b'), frameOf(7, 'b')]);
  receive([1, 2, 3]);
  FakeEventSource.last.emit('gap', { fromId: 'a-3', toId: 'b-0', missed: null, reason: 'other-log' }, 'a-3');
  receive([6, 7], 'b');
  pass(3_000);
  await vi.waitFor(() => expect(asked()).toBe(2));
  await vi.waitFor(() => expect(store.table('cpu').revision).toBeGreaterThan(100_000));
  const { rows, followsGap } = store.table('cpu');
  expect(secondsOf(rows)).toEqual([1, 2, 3, 6, 7]);
  expect(secondsOf(rows.filter(followsGap))).toEqual([6]);
});

test('nothing joins what was before a shutdown to what came after', () => {
  const store = openStore();
  expect(FakeEventSource.last.url).toContain('types=cpu%2Cmemory%2Csystem-alert');
  greet(start);
  const t = live(start, 2);
  FakeEventSource.last.emit('system-alert', { t: t + 100, kind: 'other' });
  const after = live(t, 1);
  FakeEventSource.last.emit('system-alert', { t: after + 100, kind: 'shutdown' });
  live(after, 2);
  const { rows, followsGap } = store.table('cpu');
  expect(rows.map(followsGap)).toEqual([false, false, false, true, false]);
});

test('where this browser was too slow is remembered, from the last sample before to the first after', () => {
  const store = openStore();
  greet(start);
  tick(start + 1_000);
  FakeEventSource.last.emit('gap', { fromId: null, toId: null, missed: null, reason: 'too-slow' });
  expect(store.gaps).toEqual([]);
  tick(start + 9_000);
  expect(store.gaps).toEqual([{ from: start + 1_000, to: start + 9_000 }]);
  FakeEventSource.last.emit('gap', { fromId: 'a-1', toId: 'a-9', missed: 8, reason: 'expired' });
  tick(start + 10_000);
  expect(store.gaps, 'what the server no longer has is its own affair').toHaveLength(1);
});

test('the gap of a browser that was too slow is closed once the server has sent the events again', async () => {
  let isAsked = false;
  const past = async () => {
    if (isAsked) {
      return [1, 2, 3].map((n): Frame => ['cpu', JSON.stringify(cpu(start + n * 1_000)), '', 0]);
    }
    isAsked = true;
    return null;
  };
  const store = new FeedStore({ facts, intervalMs: 1000, serverTime: start, latest: {} }, past);
  closers.push(store.connect(['cpu', 'memory']));
  await vi.advanceTimersByTimeAsync(0);
  greet(start);
  tick(start + 1_000);
  FakeEventSource.last.emit('gap', { fromId: null, toId: null, missed: null, reason: 'too-slow' });
  tick(start + 3_000);
  expect(store.gaps).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(store.table('cpu').rows.map(({ t }) => t - start)).toEqual([1_000, 2_000, 3_000]);
  expect(store.gaps).toEqual([]);
});

test('recent samples end at a gap and with their time', () => {
  const store = openStore();
  greet(start);
  const weighed = () => store.recent('cpu', 10_000).map((row) => (row.t - start) / 1000);
  let t = live(start, 12);
  expect(weighed()).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  pass(3_000);
  t = live(t + 3_000, 2);
  expect(weighed()).toEqual([16, 17]);
  FakeEventSource.last.emit('gap', { fromId: null, toId: null, missed: null, reason: 'too-slow' });
  live(t, 1);
  expect(weighed()).toEqual([18]);
  pass(7_000);
  expect(weighed()).toEqual([]);
});

test('a collector’s samples are lost once they no longer come while others do', () => {
  const store = openStore();
  greet(start);
  const t = live(start, 3);
  for (let second = 1; second <= 5; second += 1) {
    pass(1000);
    FakeEventSource.last.emit('memory', memory(t + second * 1000));
  }
  expect(store.isLost('cpu')).toBe(false);
  pass(1_500);
  expect(store.isLost('cpu')).toBe(true);
  expect(store.isLost('memory')).toBe(false);
  pass(6_000);
  expect(store.isLost('cpu'), 'the whole host is silent').toBe(false);
});

test('facts of the host stay when a later hello lacks them', () => {
  const store = openStore();
  const unknown = { ...facts, os: null, kernel: null, cpuModel: null, cores: null, memoryBytes: null };
  greet(start, [unknown]);
  expect(store.facts).toEqual(facts);
  greet(start, [{ ...unknown, cores: 8 }]);
  expect(store.facts).toEqual({ ...facts, cores: 8 });
  greet(start, [{ ...unknown, host: 'other' }]);
  expect(store.facts).toEqual({ ...unknown, host: 'other' });
});

test('what a host does not have is absent once the rest has come, also the CPU', () => {
  const store = openStore();
  greet(start);
  expect([sampleState(store, 'cpu'), sampleState(store, 'disk')]).toEqual(['waiting', 'waiting']);
  for (let second = 0; second < 3; second++) {
    expect(sampleState(store, 'cpu')).toBe('waiting');
    FakeEventSource.last.emit('memory', memory(start + second * 1000));
    pass(1000);
  }
  expect(sampleState(store, 'memory')).toBe('present');
  expect([sampleState(store, 'cpu'), sampleState(store, 'disk')]).toEqual(['absent', 'absent']);
  tick(start + 3000);
  expect(sampleState(store, 'cpu')).toBe('present');
});
