import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { MetricNames } from './metric-names';

const hour = 3_600_000;

function hand() {
  const clock = { ms: 0 };
  const names = new MetricNames(clockWith({ monotonicMs: () => clock.ms }));
  const fill = (publisher: string, count: number, prefix = publisher) =>
    Array.from({ length: count }, (_, index) =>
      names.numberOf('atlas', `sensor.${prefix}${index}.value`, publisher),
    ).filter((id) => id !== null).length;
  return { clock, names, fill };
}

test('published names displace none of the host’s own, and one address does not take the room of all others', () => {
  const { names, fill } = hand();
  expect(fill('203.0.113.7', 5_000)).toBe(500);
  expect(fill('203.0.113.8', 5_000)).toBe(500);
  expect(names.numberOf('atlas', 'processes.count', '')).not.toBeNull();
  expect(fill('', 5_000, 'own')).toBe(1_999);
  expect(names.use()).toMatchObject({
    own: 2_000,
    published: 1_000,
    ownRefused: 2_000,
    publishedRefused: 2_000,
  });
});

test('when all names are taken, the publisher with most loses some to one with less, up to an equal share', () => {
  const { names, fill } = hand();
  fill('a', 500);
  fill('b', 500);
  expect(fill('c', 400)).toBe(333);
  const count = (publisher: string) => names.rows().filter((row) => row.publisher === publisher).length;
  expect([count('a'), count('b'), count('c')]).toEqual([333, 334, 333]);
  expect(names.use().published).toBe(1_000);
});

test('a name that has been silent for an hour is replaced by a new one of its publisher; its number is not used again', () => {
  const { clock, names, fill } = hand();
  fill('a', 500);
  names.settled();
  expect(names.numberOf('atlas', 'sensor.new.value', 'a')).toBeNull();
  clock.ms = hour;
  for (let index = 0; index < 499; index += 1) names.numberOf('atlas', `sensor.a${index}.value`, 'a');
  clock.ms = hour + 1_000;
  expect(names.numberOf('atlas', 'sensor.new.value', 'a')).toBe(501);
  expect([names.gone, names.changed.map(({ id }) => id)]).toEqual([[500], [501]]);
  expect([names.has(500), names.has(501)]).toEqual([false, true]);
  expect(names.numberOf('atlas', 'sensor.newer.value', 'a')).toBeNull();
});

test('a metric that the host measures is its own, though it was published before', () => {
  const { names, fill } = hand();
  const id = names.numberOf('atlas', 'sensor.cpu.temperature', 'a');
  expect(names.numberOf('atlas', 'sensor.cpu.temperature', '')).toBe(id);
  expect(names.get('atlas', 'sensor.cpu.temperature')?.publisher).toBe('');
  expect(names.use()).toMatchObject({ own: 1, published: 0 });
  expect(fill('a', 600)).toBe(500);
});

test('stored rows are taken over, and numbers continue after the highest', () => {
  const { names } = hand();
  const unit = '';
  names.reset([
    { id: 7, host: 'atlas', name: 'cpu.load1', unit, publisher: '' },
    { id: 3, host: 'atlas', name: 'sensor.x.value', unit, publisher: '?' },
  ]);
  expect(names.changed).toEqual([]);
  expect(names.numberOf('atlas', 'cpu.load1', '')).toBe(7);
  expect(names.numberOf('atlas', 'cpu.load5', '')).toBe(8);
  expect(names.rows().map(({ name }) => name)).toEqual(['cpu.load1', 'cpu.load5', 'sensor.x.value']);
});
