import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { event, everything, logWith, newFeed, newLog, takeAll } from '@/lib/testing/feed';
import { type MonitoredCursor, openStallMonitor } from './stall-monitor';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function rig(cursors: () => Iterable<MonitoredCursor>, log: { headSeq: number }) {
  const lines: string[] = [];
  const monitor = openStallMonitor({
    log,
    cursors,
    onStall: (line) => lines.push(line),
  });
  return { monitor, lines };
}

test('a cursor that stays behind the head for 10 s is a problem until it moves, and reported once', () => {
  const log = { headSeq: 9 };
  let seq = 4;
  const key = {};
  const { monitor, lines } = rig(() => [{ key, name: 'history', seq }], log);
  vi.advanceTimersByTime(10_000);
  expect(monitor.problems).toEqual([]);
  vi.advanceTimersByTime(1_000);
  const line = 'no progress for 10 s: history at position 4 of 9';
  expect([monitor.problems, lines]).toEqual([[line], [line]]);
  log.headSeq = 20;
  vi.advanceTimersByTime(60_000);
  expect(monitor.problems).toEqual(['no progress for 10 s: history at position 4 of 20']);
  expect(lines).toHaveLength(1);
  seq = 5;
  vi.advanceTimersByTime(1_000);
  expect(monitor.problems).toEqual([]);
  vi.advanceTimersByTime(11_000);
  expect(lines).toHaveLength(2);
  monitor.stop();
});

test('a cursor that moves, however slowly, and one at the head are no problem', () => {
  const log = { headSeq: 100 };
  let slow = 0;
  const [one, other] = [{}, {}];
  const { monitor, lines } = rig(
    () => [
      { key: one, name: 'alerts', seq: slow },
      { key: other, name: 'history', seq: log.headSeq },
    ],
    log,
  );
  for (let second = 0; second < 120; second += 1) {
    if (second % 9 === 0) slow += 1;
    vi.advanceTimersByTime(1_000);
  }
  expect([monitor.problems, lines]).toEqual([[], []]);
  monitor.stop();
});

test('stalled cursors of one name are one line', () => {
  const keys = [{}, {}, {}];
  const { monitor, lines } = rig(() => keys.map((key, seq) => ({ key, name: 'streams', seq })), {
    headSeq: 7,
  });
  vi.advanceTimersByTime(12_000);
  expect(monitor.problems).toEqual(['no progress for 10 s: streams (3) at position 0 of 7']);
  expect(lines).toHaveLength(1);
  keys.splice(0);
  vi.advanceTimersByTime(1_000);
  expect(monitor.problems).toEqual([]);
  monitor.stop();
});

test('a stream whose log gives nothing is stalled, and one whose client does not read is not', async () => {
  const whole = await newLog();
  await whole.append(Array.from({ length: 600 }, (_, index) => event('cpu', index)));
  let stuck = true;
  const log = logWith(whole, {
    read: (after, limit) => (stuck ? new Promise(() => {}) : whole.read(after, limit)),
  });
  const feed = newFeed(log);
  const waiting = feed.connect({ ...everything, lastEventId: 'testlog-0' });
  takeAll(waiting);
  stuck = false;
  // It has taken one chunk of several and does not take the next.
  const slow = feed.connect({ ...everything, lastEventId: 'testlog-0' });
  slow.take();
  expect(slow.take()).not.toBeNull();
  const { monitor, lines } = rig(() => [...feed.waiting()].map((one) => ({ ...one, name: 'streams' })), log);
  vi.advanceTimersByTime(12_000);
  expect(monitor.problems).toEqual(['no progress for 10 s: streams at position 0 of 600']);
  expect(lines).toHaveLength(1);
  waiting.close();
  vi.advanceTimersByTime(1_000);
  expect(monitor.problems).toEqual([]);
  monitor.stop();
  slow.close();
});

test('a read without a position is stalled while it is the same one; another read is not', () => {
  const log = { headSeq: 9 };
  let reads: object[] = [{}];
  const { monitor, lines } = rig(() => reads.map((key) => ({ key, name: 'replays', seq: null })), log);
  for (let second = 0; second < 60; second += 1) {
    vi.advanceTimersByTime(1_000);
    if (second % 9 === 0) reads = [{}, {}];
  }
  expect([monitor.problems, lines]).toEqual([[], []]);
  vi.advanceTimersByTime(12_000);
  const line = 'no progress for 10 s: replays (2) in one read';
  expect([monitor.problems, lines]).toEqual([[line], [line]]);
  reads = [];
  vi.advanceTimersByTime(1_000);
  expect(monitor.problems).toEqual([]);
  monitor.stop();
});
