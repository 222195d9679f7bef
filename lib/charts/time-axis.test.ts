import { afterEach, beforeEach, expect, test } from 'vitest';
import { fractionOf, tickLabel, tickSteps, timeAt, timeTicks } from './time-axis';

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
  const { ticks, stepMs } = timeTicks({ from: at(from), to: at(to) }, most);
  return ticks.map((t) => tickLabel(t, stepMs, 'en'));
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
  const { ticks } = timeTicks({ from: at('2026-10-23T12:00Z'), to: at('2026-10-27T12:00Z') }, 6);
  expect(ticks.map((t) => new Date(t).toISOString())).toEqual([
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
    '2026-10-26T23:00:00.000Z',
  ]);
});

const zones = [
  // Forward on 29 March at 01:00 UTC, back on 25 October at 01:00 UTC.
  { zone: 'Europe/Berlin', changes: ['2026-03-29T01:00Z', '2026-10-25T01:00Z'] },
  // By half an hour only.
  { zone: 'Australia/Lord_Howe', changes: ['2026-04-04T15:00Z', '2026-10-03T15:30Z'] },
  // Forward at midnight, so that this day begins at 01:00.
  { zone: 'Africa/Cairo', changes: ['2026-04-23T22:00Z', '2026-10-29T21:00Z'] },
  // Five hours and three quarters ahead of UTC, without summer time.
  { zone: 'Asia/Kathmandu', changes: ['2026-03-29T01:00Z'] },
];
const day = 86_400_000;

/** What the local clock shows, in ms since 1970 on that clock. */
function wallOf(t: number): number {
  const date = new Date(t);
  return Date.UTC(
    ...([date.getFullYear(), date.getMonth(), date.getDate()] as const),
    ...([date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()] as const),
  );
}
const startsDay = (t: number) => new Date(t).getDate() !== new Date(t - 1).getDate();

test.each(zones.flatMap(({ zone: name, changes }) => changes.map((change) => ({ name, change }))))(
  'in $name every step is round before and after $change, and none is missing or doubled',
  ({ name, change }) => {
    process.env.TZ = name;
    for (const step of tickSteps) {
      const range = { from: at(change) - 4.5 * step, to: at(change) + 4.5 * step };
      const { stepMs, ticks } = timeTicks(range, 9);
      expect(stepMs).toBe(step);
      for (const t of ticks) expect(wallOf(t) % stepMs === 0 || startsDay(t)).toBe(true);
      expect(new Set(ticks).size).toBe(ticks.length);
      const shown = ticks.map((t) => tickLabel(t, stepMs, 'en'));
      // A whole hour is shown twice where the clock is set back by it, and by ticks that are no further apart.
      if (step > 3_600_000)
        for (const [index, label] of shown.entries()) expect(label).not.toBe(shown[index - 1]);
      const apart = ticks.slice(1).map((t, index) => t - (ticks[index] ?? t));
      for (const one of apart) {
        expect(one).toBeGreaterThan(0);
        expect(one).toBeLessThanOrEqual(2 * step);
      }
      if (step <= 1_800_000) for (const one of apart) expect(one).toBe(step);
      expect(ticks.length).toBeGreaterThanOrEqual(step >= day ? 8 : 7);
    }
  },
);

const hours = (from: string, spanHours: number, most: number) => {
  const { ticks, stepMs } = timeTicks({ from: at(from), to: at(from) + spanHours * 3_600_000 }, most);
  return ticks.map((t) => tickLabel(t, stepMs, 'en'));
};

test('an hour that is left out has no tick, and one that comes twice has ticks both times', () => {
  expect(hours('2026-03-28T23:00Z', 4, 4)).toEqual(['Mar 29', '01:00', '03:00', '04:00', '05:00']);
  expect(hours('2026-10-24T22:00Z', 4, 4)).toEqual(['Oct 25', '01:00', '02:00', '02:00', '03:00']);
  expect(hours('2026-10-24T22:00Z', 9, 5)).toEqual(['Oct 25', '02:00', '04:00', '06:00', '08:00']);
  process.env.TZ = 'Asia/Kathmandu';
  expect(hours('2026-03-28T23:00Z', 4, 4)).toEqual(['05:00', '06:00', '07:00', '08:00']);
});

test('years are named too, without end or crowd', () => {
  const { ticks } = timeTicks({ from: at('2016-01-01'), to: at('2026-01-01') }, 6);
  expect(ticks.length).toBeGreaterThan(2);
  expect(ticks.length).toBeLessThanOrEqual(7);
});

test('a place in a range and the time there are each other’s', () => {
  const range = { from: 700_000, to: 1_000_000 };
  expect(fractionOf(timeAt(0.25, range), range)).toBe(0.25);
});
