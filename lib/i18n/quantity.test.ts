import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMeasure, formatQuantity, formatTick, quantityOf } from './quantity';

const gib = 1024 ** 3;

test.each([
  [3.94, 'percent', '3.9\u202f%'],
  [0, 'percent', '0.0\u202f%'],
  [99.96, 'percent', '100\u202f%'],
  [100, 'percent', '100\u202f%'],
  [15.6 * gib, 'memoryBytes', '15.6\u202fGB'],
  [512, 'memoryBytes', '512\u202fB'],
  [1023.9 * 1024, 'memoryBytes', '1.0\u202fMB'],
  [999.4 * 1024 ** 2, 'memoryBytes', '999\u202fMB'],
  [1000 * 1024 ** 2, 'memoryBytes', '1.0\u202fGB'],
  [0.512, 'load', '0.51'],
  [12.34, 'load', '12.3'],
  [3400, 'frequencyMHz', '3.4\u202fGHz'],
  [456e9, 'storageBytes', '456\u202fGB'],
  [7.2e12, 'storageBytes', '7.2\u202fTB'],
  [812, 'bytesPerSecond', '812\u202fB/s'],
  [3_240_000, 'bytesPerSecond', '3.2\u202fMB/s'],
  [12.34, 'perSecond', '12.3\u202f/s'],
  [0.083, 'milliseconds', '0.08\u202fms'],
  [12.34, 'milliseconds', '12.3\u202fms'],
  [1530, 'milliseconds', '1.5\u202fs'],
  [67, 'celsius', '67.0\u202f°C'],
  [-18.04, 'celsius', '-18.0\u202f°C'],
  [1234.4, 'rpm', '1,234\u202frpm'],
  [1.05, 'volt', '1.05\u202fV'],
  [12.07, 'volt', '12.1\u202fV'],
  [34.56, 'watt', '34.6\u202fW'],
  [null, 'percent', '–'],
  [Number.NaN, 'percent', '–'],
] as const)('%d as %s is %s', (value, unit, text) => {
  expect(formatQuantity(value, unit, 'en')).toBe(text);
});

test('ticks have no decimals that say nothing', () => {
  expect(formatTick(50, 'percent', 'en')).toBe('50\u202f%');
  expect(formatTick(2_000, 'rpm', 'en')).toBe('2,000\u202frpm');
  expect(formatTick(2.5, 'percent', 'en')).toBe('2.5\u202f%');
  expect(formatTick(8 * gib, 'memoryBytes', 'en')).toBe('8\u202fGB');
  expect(formatTick(1, 'load', 'en')).toBe('1');
  expect(formatTick(0.25, 'load', 'en')).toBe('0.25');
  expect(formatTick(2.5, 'load', 'en')).toBe('2.5');
  expect(formatTick(10, 'load', 'en')).toBe('10');
});

test('no more than three significant digits of memory, in both languages alike', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
      const english = quantityOf(bytes, 'memoryBytes', 'en');
      expect(english.number.replace(/\D/g, '').length).toBeLessThanOrEqual(3);
      expect(quantityOf(bytes, 'memoryBytes', 'zh')).toEqual(english);
    }),
  );
});

test.each([
  [23.5, '°C', '23.5\u202f°C'],
  [1013.2, 'hPa', '1,013\u202fhPa'],
  [7, '', '7.0'],
  [null, 'ppm', '–'],
] as const)('a sensor that says %d and %s reads %s', (value, unit, text) => {
  expect(formatMeasure(value, unit, 'en')).toBe(text);
});
