import { afterEach, beforeEach, expect, test } from 'vitest';
import { fractionOf, momentAt, momentLabel, rangeOf, roundMoments } from './time-domain';

const zone = process.env.TZ;

beforeEach(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const at = (text: string) => new Date(text).getTime();
const labels = (from: string, to: string, most = 6) => {
  const { moments, stepMs } = roundMoments({ from: at(from), to: at(to) }, most);
  return moments.map((t) => momentLabel(t, stepMs, 'en'));
};

test('the axis names round times of the reader', () => {
  expect(labels('2026-11-23T10:02:10+01:00', '2026-11-23T10:02:34+01:00')).toEqual([
    '10:02:10',
    '10:02:15',
    '10:02:20',
    '10:02:25',
    '10:02:30',
  ]);
  expect(labels('2026-11-23T10:02:00+01:00', '2026-11-23T11:00:00+01:00')).toEqual([
    '10:10',
    '10:20',
    '10:30',
    '10:40',
    '10:50',
    '11:00',
  ]);
});

test('midnight is named by the day that begins', () => {
  expect(labels('2026-11-23T20:00:00+01:00', '2026-11-24T04:00:00+01:00', 4)).toEqual([
    '20:00',
    '22:00',
    'Nov 24',
    '02:00',
    '04:00',
  ]);
});

test('days begin at midnight on both sides of a change of the clocks', () => {
  const { moments } = roundMoments({ from: at('2026-10-23T12:00Z'), to: at('2026-10-27T12:00Z') }, 6);
  expect(moments.map((t) => new Date(t).toISOString())).toEqual([
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
    '2026-10-26T23:00:00.000Z',
  ]);
});

test('years are named too, without end or crowd', () => {
  const { moments } = roundMoments({ from: at('2016-01-01'), to: at('2026-01-01') }, 6);
  expect(moments.length).toBeGreaterThan(2);
  expect(moments.length).toBeLessThanOrEqual(7);
});

test('a place in a range and the moment there are each other’s', () => {
  const range = rangeOf('live', 1_000_000);
  expect(range).toEqual({ from: 700_000, to: 1_000_000 });
  expect(fractionOf(momentAt(0.25, range), range)).toBe(0.25);
});
