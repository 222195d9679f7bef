import { expect, test } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { openRequestRate } from './request-rate';

test('a burst passes, then so many a second, each address by itself', () => {
  let clock = 0;
  const rate = openRequestRate({ perSecond: 10, clock: clockWith({ monotonicMs: () => clock }) });
  const pass = (address: string | null, count: number) =>
    Array.from({ length: count }, () => rate.take(address)).filter(({ ok }) => ok).length;
  expect(pass('192.0.2.1', 30)).toBe(20);
  expect(pass('192.0.2.2', 5)).toBe(5);
  clock += 1_000;
  expect(pass('192.0.2.1', 30)).toBe(10);
  clock += 60_000;
  expect(pass('192.0.2.1', 30)).toBe(20);
  expect(pass(null, 30)).toBe(20);
});

test('a refused client gets a Retry-After, and is served after it', () => {
  let clock = 0;
  const rate = openRequestRate({ perSecond: 1, clock: clockWith({ monotonicMs: () => clock }) });
  for (let request = 0; request < 2; request += 1) expect(rate.take('192.0.2.1').ok).toBe(true);
  const refused = rate.take('192.0.2.1');
  if (refused.ok) throw new Error('was taken');
  expect(refused.problem).toMatchObject({ code: 'too-many-requests', retryAfterSeconds: 1 });
  clock += 1_000;
  expect(rate.take('192.0.2.1').ok).toBe(true);
});

test('the remaining rate is reported, and reading it costs nothing', () => {
  let clock = 0;
  const rate = openRequestRate({ perSecond: 10, clock: clockWith({ monotonicMs: () => clock }) });
  for (let request = 0; request < 15; request += 1) rate.take('192.0.2.1');
  for (const _ of [1, 2])
    expect(rate.headers('192.0.2.1')).toEqual({
      'RateLimit-Policy': '"address";q=20;w=2',
      RateLimit: '"address";r=5;t=2',
    });
  clock += 1_000;
  expect(rate.headers('192.0.2.1').RateLimit).toBe('"address";r=15;t=1');
  expect(rate.headers('192.0.2.2').RateLimit).toBe('"address";r=20;t=0');
});
