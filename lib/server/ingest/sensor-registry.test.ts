import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sensor } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { openSensorRegistry, type SensorRegistry, type SensorRegistryOptions } from './sensor-registry';

let dataDir = '';
const open: SensorRegistry[] = [];
const day = 24 * 3_600_000;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-sensors-'));
});

afterEach(() => {
  for (const registry of open.splice(0)) registry.close();
  rmSync(dataDir, { recursive: true });
});

async function openRegistry(options: Partial<SensorRegistryOptions> = {}): Promise<SensorRegistry> {
  const registry = await openSensorRegistry({
    dataDir,
    clock: clockWith({ wallMs: () => 1_000 }),
    ...options,
  });
  open.push(registry);
  return registry;
}

const sensor = (more: Partial<Sensor> = {}): Sensor => ({
  id: 'greenhouse',
  label: 'Tomatoes',
  kind: 'temperature',
  value: 20,
  unit: '°C',
  high: 35,
  critical: null,
  ...more,
});
const humidity = sensor({ kind: 'humidity', unit: '%', value: 60 });
const custom = sensor({ kind: 'custom', unit: '', value: 7 });

test('a sensor is found by its kind; without one by its custom value, or else by its only kind', async () => {
  const registry = await openRegistry();
  expect(registry.lookUp('greenhouse', null)).toBe(null);
  registry.record([sensor()], 1);
  expect(registry.lookUp('greenhouse', null)).toEqual(sensor());
  expect(registry.lookUp('greenhouse', 'humidity')).toBe(null);
  registry.record([humidity], 2);
  expect(registry.lookUp('greenhouse', null)).toBe(null);
  expect(registry.lookUp('greenhouse', 'humidity')).toEqual(humidity);
  registry.record([custom], 3);
  expect(registry.lookUp('greenhouse', null)).toEqual(custom);
  expect(registry.lookUp('attic', null)).toBe(null);
});

test('a new description is on disk at once, a last value after a clean stop', async () => {
  const registry = await openRegistry();
  registry.record([sensor()], 1);
  registry.record([sensor({ value: 21 })], 2);
  // As after a crash: the first one never closes.
  const beside = await openRegistry();
  expect(beside.lastValues()).toEqual([{ t: 1, sensor: sensor() }]);
  beside.close();
  registry.close();
  const after = await openRegistry();
  expect(after.lastValues()).toEqual([{ t: 2, sensor: sensor({ value: 21 }) }]);
  expect(after.lookUp('greenhouse', null)?.label).toBe('Tomatoes');
});

test('a late value changes the description and leaves the newer value', async () => {
  const registry = await openRegistry();
  registry.record([sensor({ value: 25 })], 900);
  registry.record([sensor({ value: 20, label: 'Peppers' })], 100);
  expect(registry.lastValues()).toEqual([{ t: 900, sensor: sensor({ value: 25, label: 'Peppers' }) }]);
});

test('a sensor without a value for a day is not listed, and still known', async () => {
  let now = 1_000;
  const registry = await openRegistry({ clock: clockWith({ wallMs: () => now }) });
  registry.record([sensor()], 1_000);
  now += day;
  expect(registry.lastValues()).toHaveLength(1);
  now += 1;
  expect(registry.lastValues()).toEqual([]);
  expect(registry.lookUp('greenhouse', null)?.label).toBe('Tomatoes');
});

test('beyond the bound the sensor with the oldest value is forgotten, on disk too', async () => {
  const registry = await openRegistry({ sensorsMax: 2 });
  for (const [t, id] of [...'abac'].entries()) registry.record([sensor({ id })], t);
  const ids = (of: SensorRegistry) => of.lastValues().map(({ sensor: { id } }) => id);
  expect(ids(registry)).toEqual(['a', 'c']);
  registry.close();
  expect(ids(await openRegistry({ sensorsMax: 2 }))).toEqual(['a', 'c']);
});

test('beyond the bound the publisher with most sensors loses some, and no other', async () => {
  const registry = await openRegistry({ sensorsMax: 10 });
  registry.record([sensor({ id: 'mine' })], 1, '192.0.2.1');
  for (let index = 0; index < 100; index += 1)
    registry.record([sensor({ id: `flood${index}` })], 2, '192.0.2.2');
  expect(registry.all()).toHaveLength(10);
  expect(registry.lookUp('mine', null)?.label).toBe('Tomatoes');
  expect(registry.lookUp('flood99', null)).not.toBeNull();
});

test('a corrupt database is set aside, and a new one gets the known sensors', async () => {
  writeFileSync(
    join(dataDir, 'sensors.db'),
    'this is no database, and long enough to be read as one'.repeat(40),
  );
  const asides: string[] = [];
  const registry = await openRegistry({ onSetAside: (path) => asides.push(path) });
  registry.record([sensor()], 1);
  expect([asides.length, registry.problem]).toEqual([1, null]);
  registry.close();
  expect((await openRegistry()).lookUp('greenhouse', null)).toEqual(sensor());
  expect(readdirSync(dataDir).length).toBeGreaterThan(1);
});

test('where nothing can be written it works in memory and reports that', async () => {
  const registry = await openRegistry({ dataDir: '/dev/null/nowhere' });
  registry.record([sensor()], 1);
  expect(registry.lookUp('greenhouse', null)).toEqual(sensor());
  expect(registry.problem).toContain('sensors.db');
});
