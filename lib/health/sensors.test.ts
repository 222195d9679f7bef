import { expect, test } from 'vitest';
import type { SensorData } from '@/lib/protocol/payloads';
import { families, gapMsOfSensor, heldValues, keyOfSensor, latestSensors, type Sensor } from './sensors';

const sensor = (id: string, value: number | null, more: Partial<Sensor> = {}): Sensor => ({
  id,
  label: id,
  kind: 'temperature',
  value,
  unit: '°C',
  high: null,
  critical: null,
  ...more,
});
const row = (t: number, ...sensors: Sensor[]): SensorData => ({ t, host: 'atlas', sensors });

test('each sensor has its last value, whichever event it came in', () => {
  const rows = [row(1, sensor('cpu', 40)), row(2, sensor('greenhouse', 23)), row(3, sensor('cpu', 41))];
  expect(latestSensors(rows).map(({ sensor: { id, value }, t }) => [id, value, t])).toEqual([
    ['cpu', 41, 3],
    ['greenhouse', 23, 2],
  ]);
});

test('one id may have sensors of several kinds', () => {
  const rows = [row(1, sensor('greenhouse', 23), sensor('greenhouse', 60, { kind: 'humidity', unit: '%' }))];
  expect(latestSensors(rows)).toHaveLength(2);
});

test('four or more numbered sensors are a family represented by the highest', () => {
  const cores = [40, 44, null, 42].map((value, index) =>
    sensor(`core${index}`, value, { label: `Core ${index}` }),
  );
  const fans = [sensor('fan1', 900, { label: 'Fan 1' }), sensor('fan2', 800, { label: 'Fan 2' })];
  const found = families(latestSensors([row(1, ...cores, ...fans)]));
  expect(found.map(({ name, members, highest }) => [name, members.length, highest.sensor.value])).toEqual([
    ['Core', 4, 44],
    ['Fan 1', 1, 900],
    ['Fan 2', 1, 800],
  ]);
});

test('values of a sensor that reports each minute are joined', () => {
  const rows = [0, 60_000, 121_000, 180_000].map((t) => row(t, sensor('greenhouse', 20)));
  expect(gapMsOfSensor(rows, 'greenhouse', 2500)).toBe(150_000);
  expect(gapMsOfSensor(rows, 'cpu', 2500)).toBe(2500);
});

const minute = 60_000;
const reported = (t: number, value: number, before?: { t: number; value: number }) => ({
  key: keyOfSensor(sensor('well', value)),
  sensor: sensor('well', value),
  t,
  previous: before && { t: before.t, sensor: sensor('well', before.value) },
});
const held = (table: readonly SensorData[], one: ReturnType<typeof reported>) => {
  const values = heldValues(table, one, 2_500);
  return (
    values && { ...values, rows: values.rows.map(({ t, sensors: [first] }) => [t / minute, first?.value]) }
  );
};

test('a value older than a live chart is held until the next one is due', () => {
  const others = Array.from({ length: 60 }, (_, index) =>
    row(20 * minute + index * 1_000, sensor('cpu', 40)),
  );
  expect(held(others, reported(15 * minute, 3, { t: 0, value: 2 }))).toEqual({
    gapMs: 2.5 * 15 * minute,
    rows: [
      [0, 2],
      [15, 3],
      [15 + 2.5 * 15, 3],
    ],
  });
  expect(held([], reported(minute, 3))).toEqual({
    gapMs: 60 * minute,
    rows: [
      [1, 3],
      [61, 3],
    ],
  });
});

test('each value is drawn once in order, and a sensor that reports often is not held', () => {
  const table = [5, 10].map((at) => row(at * minute, sensor('well', at), sensor('cpu', 1)));
  expect(held(table, reported(10 * minute, 10, { t: 5 * minute, value: 5 }))?.rows).toEqual([
    [5, 5],
    [10, 10],
    [22.5, 10],
  ]);
  const often = Array.from({ length: 100 }, (_, index) => row(index * 2_000, sensor('well', index)));
  expect(held(often, reported(198_000, 99))).toBeNull();
});
