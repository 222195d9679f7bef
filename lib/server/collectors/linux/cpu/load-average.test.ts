import { expect, it } from 'vitest';
import { fixtureText } from '@/lib/testing/linux/fixture';
import { parseLoadAverage } from './load-average';

it('reads the three averages', () => {
  const text = fixtureText('old-vm', 'proc/loadavg');
  expect(parseLoadAverage(text)).toEqual({ load1: 1, load5: 12.34, load15: 0.05 });
});

it.each([
  ['', null, null],
  ['\0\x01\xff', null, null],
  ['0.5', null, null],
  ['0.52 0.41', 0.52, null],
  ['0.52 0.41 0.3', 0.52, 0.41],
])('has null for what is missing or cut off: %j', (text, load1, load5) => {
  expect(parseLoadAverage(text)).toEqual({ load1, load5, load15: null });
});

it.each(['nan', '-0.50', '1e3', '123456789012.00', '0,52'])('keeps the others when one is %s', (figure) => {
  expect(parseLoadAverage(`0.52 ${figure} 0.30 1/80 999\n`)).toEqual({
    load1: 0.52,
    load5: null,
    load15: 0.3,
  });
  expect(parseLoadAverage(`${figure} 0.41 0.30 1/80 999\n`)).toEqual({
    load1: null,
    load5: 0.41,
    load15: 0.3,
  });
});
