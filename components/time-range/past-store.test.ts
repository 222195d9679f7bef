import { afterEach, expect, test, vi } from 'vitest';
import { createDisplayStore } from '@/lib/client/store/display-store';
import { FeedStore } from '@/lib/client/store/store';
import { type Timeline, timelineOf } from '@/lib/client/store/timeline';
import type { LoggedType } from '@/lib/protocol/event-types';
import type { Memory, SensorData } from '@/lib/protocol/payloads';
import { crosshair } from '../charts/live/crosshair';
import { pastStore } from './past-store';

const memory = (t: number, usedBytes: number): Memory => ({
  t,
  host: 'box',
  totalBytes: 100,
  usedBytes,
  availableBytes: 10,
  freeBytes: 5,
  cachedBytes: null,
  buffersBytes: null,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
});
const sensors = (t: number, value: number): SensorData => ({
  t,
  host: 'box',
  sensors: [{ id: 'attic', label: 'attic', kind: 'custom', value, unit: '', high: null, critical: null }],
});

const now = 1_000_000;
// The store's clock stands still: how long a statement takes is in no figure.
vi.useFakeTimers({ toFake: ['performance', 'Date'] });
const processes = { t: now, host: 'box', count: 3, threads: 9, top: [] };
const live = createDisplayStore(
  new FeedStore({
    facts: {
      host: 'box',
      os: null,
      kernel: null,
      cpuModel: null,
      cores: 4,
      memoryBytes: 100,
      bootTime: null,
      container: null,
    } as never,
    intervalMs: 1_000,
    serverTime: now,
    latest: { memory: memory(now, 90), processes, 'sensor-data': sensors(now, 9) },
  }),
);
const known: Partial<Record<LoggedType, Timeline<{ readonly t: number }>>> = {
  memory: timelineOf([memory(100_000, 10), memory(110_000, 20), memory(140_000, 40)]),
  'sensor-data': timelineOf([sensors(100_000, 1), sensors(110_000, 2)]),
};
const timeline = (type: LoggedType) => (known[type] ?? timelineOf([])) as never;
const past = pastStore(live, {
  range: { from: 100_000, to: 150_000 },
  stepMs: 10_000,
  gapMs: () => 12_000,
  timeline,
  lows: timeline,
  highs: timeline,
});

afterEach(() => crosshair.point(null));

test('what is newest is of the end of the range', () => {
  expect(past.latest('memory')?.usedBytes).toBe(40);
  expect(past.table('memory').rows).toHaveLength(3);
});

test('or of the selected time, of which its listeners are notified; in a gap there is none', () => {
  let told = 0;
  const stop = past.subscribe(() => {
    told += 1;
  });
  crosshair.pointAt(111_000);
  expect([past.latest('memory')?.usedBytes, told]).toEqual([20, 1]);
  expect(past.sensors().map(({ t, sensor }) => [sensor.value, past.hostNow() - t])).toEqual([[2, 1_000]]);
  stop();
  crosshair.pointAt(125_000);
  expect(past.latest('memory')).toBeNull();
  expect(past.last('memory')?.usedBytes, 'what there is on the host stays known').toBe(90);
  expect(past.sensors().map(({ sensor }) => sensor.value)).toEqual([null]);
  crosshair.pointAt(121_000);
  expect(past.sensors().map(({ sensor }) => sensor.value)).toEqual([2]);
  crosshair.pointAt(149_000);
  expect(past.sensors().map(({ sensor }) => sensor.value)).toEqual([null]);
});

test('what history does not know stays the present, as do the clock and the connection', () => {
  expect(past.latest('processes')?.count).toBe(3);
  expect(past.facts.cores).toBe(4);
  expect(past.hostNow()).toBe(live.hostNow());
  live.pause();
  expect(past.pausedAt).not.toBeNull();
  live.resume();
  expect(past.pausedAt).toBeNull();
});
