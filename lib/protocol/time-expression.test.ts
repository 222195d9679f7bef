import { expect, test } from 'vitest';
import { timeSchema } from './time-schema';

const now = Date.UTC(2026, 10, 23, 12);

test.each([
  ['1795392000000', 1_795_392_000_000],
  ['0', 0],
  ['now', now],
  ['-0s', now],
  ['-90s', now - 90_000],
  ['-15m', now - 15 * 60_000],
  ['-6h', Date.UTC(2026, 10, 23, 6)],
  ['-1d', Date.UTC(2026, 10, 22, 12)],
  ['-2w', Date.UTC(2026, 10, 9, 12)],
  ['2026-11-23T03:12Z', Date.UTC(2026, 10, 23, 3, 12)],
  ['2026-11-23T03:12:05Z', Date.UTC(2026, 10, 23, 3, 12, 5)],
  ['2026-11-23T03:12:05.25Z', Date.UTC(2026, 10, 23, 3, 12, 5, 250)],
  ['2026-11-23T03:12:00+01:00', Date.UTC(2026, 10, 23, 2, 12)],
  ['2026-11-23T03:12:00 01:00', Date.UTC(2026, 10, 23, 2, 12)],
  ['2026-11-23T03:12:00-0530', Date.UTC(2026, 10, 23, 8, 42)],
])('%s is that moment', (text, t) => {
  expect(timeSchema.parse(text)(now)).toBe(t);
});

test.each([
  '',
  'yesterday',
  '6h',
  '-6',
  '-6y',
  '--6h',
  '+6h',
  '-1e3s',
  '1.5',
  '2026-11-23',
  '2026-11-23T03:12',
  '2026-13-23T03:12Z',
  '2026-02-30T00:00:00Z',
  '2026-02-29T00:00:00+01:00',
  '2026-04-31T12:00Z',
  '1795392000',
  '1795392000000000',
  '1795392000000000000',
  '999999999999',
  '2026-11-23T25:12Z',
  '2026-11-23T03:12Z ',
  '9999999999999999',
])('"%s" is refused, and told what is taken', (text) => {
  const parsed = timeSchema.safeParse(text);
  expect(parsed.error?.issues[0]?.message).toContain('takes Unix milliseconds');
});

test.each([
  ['1795392000', 'in 1970, are these seconds?'],
  ['1795392000000000', 'are these microseconds?'],
  ['1795392000000000000', 'are these nanoseconds?'],
])('%s is told what it may be', (text, words) => {
  expect(timeSchema.safeParse(text).error?.issues[0]?.message).toContain(words);
});

test('the 29th of February is there in leap years', () => {
  expect(timeSchema.parse('2028-02-29T00:00Z')(now)).toBe(Date.UTC(2028, 1, 29));
});
