import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sensor } from '@/lib/protocol/payloads';
import { openSensorRegistry, type SensorRegistry, type SensorRegistryOptions } from './sensor-registry';

let dataDir = '';
const open: SensorRegistry[] = [];
const day = 24 * 3_600_000;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'hostbeat-sensors-'));
});

afterEach(() => {
  for (const book of open.splice(0)) book.close();
  rmSync(dataDir, { recursive: true });
});

async function openBook(options: Partial<SensorRegistryOptions> = {}): Promise<SensorRegistry> {
  const book = await openSensorRegistry({ dataDir, now: () => 1_000, ...options });
  open.push(book);
  return book;
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

test('a sensor is recalled by its kind, by its only kind, and as custom before any other', async () => {
  const book = await openBook();
  expect(book.lookUp('greenhouse', null)).toBe(null);
  book.record([sensor()], 1);
  expect(book.lookUp('greenhouse', null)).toEqual(sensor());
  expect(book.lookUp('greenhouse', 'humidity')).toBe(null);
  book.record([humidity], 2);
  expect(book.lookUp('greenhouse', null)).toBe(null);
  expect(book.lookUp('greenhouse', 'humidity')).toEqual(humidity);
  book.record([custom], 3);
  expect(book.lookUp('greenhouse', null)).toEqual(custom);
  expect(book.lookUp('attic', null)).toBe(null);
});

test('what a sensor says of itself is on disk at once; its last value after a clean stop', async () => {
  const book = await openBook();
  book.record([sensor()], 1);
  book.record([sensor({ value: 21 })], 2);
  // As after a crash: the first one never closes.
  const beside = await openBook();
  expect(beside.lastValues()).toEqual([{ t: 1, sensor: sensor() }]);
  beside.close();
  book.close();
  const after = await openBook();
  expect(after.lastValues()).toEqual([{ t: 2, sensor: sensor({ value: 21 }) }]);
  expect(after.lookUp('greenhouse', null)?.label).toBe('Tomatoes');
});

test('a word that comes late names the sensor, and does not take the place of a younger value', async () => {
  const book = await openBook();
  book.record([sensor({ value: 25 })], 900);
  book.record([sensor({ value: 20, label: 'Peppers' })], 100);
  expect(book.lastValues()).toEqual([{ t: 900, sensor: sensor({ value: 25, label: 'Peppers' }) }]);
});

test('one that was silent for a day is no longer shown, and still known', async () => {
  let now = 1_000;
  const book = await openBook({ now: () => now });
  book.record([sensor()], 1_000);
  now += day;
  expect(book.lastValues()).toHaveLength(1);
  now += 1;
  expect(book.lastValues()).toEqual([]);
  expect(book.lookUp('greenhouse', null)?.label).toBe('Tomatoes');
});

test('only so many are known: the one that was heard longest ago goes, on disk too', async () => {
  const book = await openBook({ sensorsMax: 2 });
  for (const [t, id] of [...'abac'].entries()) book.record([sensor({ id })], t);
  const ids = (of: SensorRegistry) => of.lastValues().map((word) => word.sensor.id);
  expect(ids(book)).toEqual(['a', 'c']);
  book.close();
  expect(ids(await openBook({ sensorsMax: 2 }))).toEqual(['a', 'c']);
});

test('a flood of one publisher forgets its own sensors, not those of another', async () => {
  const book = await openBook({ sensorsMax: 10 });
  book.record([sensor({ id: 'mine' })], 1, '192.0.2.1');
  for (let index = 0; index < 100; index += 1) book.record([sensor({ id: `flood${index}` })], 2, '192.0.2.2');
  expect(book.all()).toHaveLength(10);
  expect(book.lookUp('mine', null)?.label).toBe('Tomatoes');
  expect(book.lookUp('flood99', null)).not.toBeNull();
});

test('a database that is corrupt is set aside, and what is known goes into a new one', async () => {
  writeFileSync(
    join(dataDir, 'sensors.db'),
    'this is no database, and long enough to be read as one'.repeat(40),
  );
  const asides: string[] = [];
  const book = await openBook({ onSetAside: (path) => asides.push(path) });
  book.record([sensor()], 1);
  expect([asides.length, book.problem]).toEqual([1, null]);
  book.close();
  expect((await openBook()).lookUp('greenhouse', null)).toEqual(sensor());
  expect(readdirSync(dataDir).length).toBeGreaterThan(1);
});

test('where nothing can be kept it works from memory, and says so', async () => {
  const book = await openBook({ dataDir: '/dev/null/nowhere' });
  book.record([sensor()], 1);
  expect(book.lookUp('greenhouse', null)).toEqual(sensor());
  expect(book.problem).toContain('sensors.db');
});
