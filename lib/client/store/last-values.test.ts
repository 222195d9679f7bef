import { expect, test } from 'vitest';
import type { Sensor } from '@/lib/health/sensors';
import { createLastValues } from './last-values';

const sensor = (id: string, value: number | null, kind: Sensor['kind'] = 'temperature'): Sensor => ({
  id,
  label: id,
  kind,
  value,
  unit: '',
  high: null,
  critical: null,
});
const told = (words: ReturnType<typeof createLastValues>) =>
  words.all().map(({ t, sensor: { id, kind, value } }) => [id, kind, value, t]);

test('what was known before stays until the sensor speaks again, by id and kind', () => {
  const words = createLastValues([
    { t: 1, sensor: sensor('greenhouse', 20) },
    { t: 2, sensor: sensor('greenhouse', 60, 'humidity') },
  ]);
  words.add({ t: 9, host: 'atlas', sensors: [sensor('cpu', 40), sensor('greenhouse', 21)] });
  expect(told(words)).toEqual([
    ['greenhouse', 'temperature', 21, 9],
    ['greenhouse', 'humidity', 60, 2],
    ['cpu', 'temperature', 40, 9],
  ]);
});

test('the list is the same object until another value comes', () => {
  const words = createLastValues([{ t: 1, sensor: sensor('greenhouse', 20) }]);
  const before = words.all();
  expect(words.all()).toBe(before);
  words.add({ t: 2, host: 'atlas', sensors: [sensor('greenhouse', 20)] });
  expect(words.all()).not.toBe(before);
});
