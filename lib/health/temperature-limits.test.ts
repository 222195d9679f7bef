import { expect, test } from 'vitest';
import { type Family, families, type Sensor } from './sensors';
import { temperatureLimits } from './temperature-limits';

const drawn = (...sensors: readonly Partial<Sensor>[]): readonly Family[] =>
  families(
    sensors.map((one, index) => ({
      key: String(index),
      t: 0,
      sensor: {
        id: String(index),
        label: 'Chip',
        kind: 'temperature',
        value: 40,
        unit: '°C',
        high: null,
        critical: null,
        ...one,
      },
    })),
  );

test('the limits that are reached first are shown with their families', () => {
  const chips = drawn(
    { label: 'CPU', high: 80, critical: 100 },
    { label: 'NVMe', high: 70, critical: 85 },
    { label: 'Board', high: 70 },
  );
  expect(temperatureLimits(chips)).toEqual([
    { value: 70, severity: 'warning', names: ['NVMe', 'Board'] },
    { value: 85, severity: 'critical', names: ['NVMe'] },
  ]);
});

test('implausible limits are ignored', () => {
  expect(temperatureLimits(drawn({ high: 0, critical: 65_261 }, {}))).toEqual([]);
});
