import { expect, test } from 'vitest';
import { createLatencyHistogram } from './latency';

test('nothing is known before the first', () => {
  expect(createLatencyHistogram().read()).toEqual({ count: 0, p50: null, p95: null, max: null });
});

test('quantiles are right to a tenth, whatever comes', () => {
  const histogram = createLatencyHistogram();
  for (let ms = 1; ms <= 1000; ms += 1) histogram.add(ms);
  const { count, p50, p95, max } = histogram.read();
  expect([count, max]).toEqual([1000, 1000]);
  expect(p50 ?? 0).toBeGreaterThanOrEqual(500);
  expect(p50 ?? 0).toBeLessThanOrEqual(550);
  expect(p95 ?? 0).toBeGreaterThanOrEqual(950);
  expect(p95 ?? 0).toBeLessThanOrEqual(1000);
});

test('what is odd has a place', () => {
  const histogram = createLatencyHistogram();
  for (const ms of [-5, 0, 1e9]) histogram.add(ms);
  expect(histogram.read()).toMatchObject({ count: 3, max: 1e9 });
});
