import { expect, test } from 'vitest';
import { scaleLinear } from './scales';

test('a scale goes from its domain to its range and back, upside down too', () => {
  const scale = scaleLinear().domain([-10, 30]).range([180, 6]);
  expect([scale.domain(), scale.range()]).toEqual([
    [-10, 30],
    [180, 6],
  ]);
  expect([scale(-10), scale(10), scale(30)]).toEqual([180, 93, 6]);
  expect(scale.invert?.(93)).toBe(10);
});

test('a domain of one value is in the middle', () => {
  expect(scaleLinear().domain([5, 5]).range([0, 100])(5)).toBe(50);
});

test('a copy is changed by itself', () => {
  const scale = scaleLinear().domain([0, 10]).range([0, 100]);
  const copy = scale.copy().domain([0, 20]);
  expect([scale(10), copy(10)]).toEqual([100, 50]);
});
