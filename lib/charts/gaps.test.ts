import { expect, test } from 'vitest';
import { usualDistance } from './gaps';

test('the usual distance is that of most, whatever a gap in between is', () => {
  expect(usualDistance([0, 5, 10, 15, 900, 905])).toBe(5);
  expect(usualDistance([0, 3, 10])).toBe(3);
});

test('fewer than two positions have no distance', () => {
  expect([usualDistance([]), usualDistance([7])]).toEqual([null, null]);
});
