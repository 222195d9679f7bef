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

test('each sensor has its last word, whoever said it when', () => {
  const rows = [row(1, sensor('cpu', 40)), row(2, sensor('greenhouse', 23)), row(3, sensor('cpu', 41))];
  expect(latestSensors(rows).map(({ sensor: { id, value }, t }) => [id, value, t])).toEqual([
    ['cpu', 41, 3],
    ['greenhouse', 23, 2],
  ]);
});

test('one id may measure several things', () => {
  const rows = [row(1, sensor('greenhouse', 23), sensor('greenhouse', 60, { kind: 'humidity', unit: '%' }))];
  expect(latestSensors(rows)).toHaveLength(2);
});

test('many of a kind are a family, of which the highest stands for all; few are not', () => {
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

test('a sensor that speaks each minute has no hole between two minutes', () => {
  const rows = [0, 60_000, 121_000, 180_000].map((t) => row(t, sensor('greenhouse', 20)));
  expect(gapMsOfSensor(rows, 'greenhouse', 2500)).toBe(150_000);
  expect(gapMsOfSensor(rows, 'cpu', 2500)).toBe(2500);
});

const minute = 60_000;
const heard = (t: number, value: number, before?: { t: number; value: number }) => ({
  key: keyOfSensor(sensor('well', value)),
  sensor: sensor('well', value),
  t,
  previous: before && { t: before.t, sensor: sensor('well', before.value) },
});
const wordsOf = (table: readonly SensorData[], word: ReturnType<typeof heard>) => {
  const held = heldValues(table, word, 2_500);
  return held && { ...held, rows: held.rows.map(({ t, sensors: [one] }) => [t / minute, one?.value]) };
};

test('a sensor whose words are older than a live chart is held until another would be due', () => {
  const others = Array.from({ length: 60 }, (_, index) =>
    row(20 * minute + index * 1_000, sensor('cpu', 40)),
  );
  expect(wordsOf(others, heard(15 * minute, 3, { t: 0, value: 2 }))).toEqual({
    gapMs: 2.5 * 15 * minute,
    rows: [
      [0, 2],
      [15, 3],
      [15 + 2.5 * 15, 3],
    ],
  });
  expect(wordsOf([], heard(minute, 3))).toEqual({
    gapMs: 60 * minute,
    rows: [
      [1, 3],
      [61, 3],
    ],
  });
});

test('words on the chart come once each, those before them first; one that speaks often is drawn as it comes', () => {
  const table = [5, 10].map((at) => row(at * minute, sensor('well', at), sensor('cpu', 1)));
  expect(wordsOf(table, heard(10 * minute, 10, { t: 5 * minute, value: 5 }))?.rows).toEqual([
    [5, 5],
    [10, 10],
    [22.5, 10],
  ]);
  const often = Array.from({ length: 100 }, (_, index) => row(index * 2_000, sensor('well', index)));
  expect(wordsOf(often, heard(198_000, 99))).toBeNull();
});
