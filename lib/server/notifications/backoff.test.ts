import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextWaitMs } from './backoff';

const hour = 3_600_000;
const failed = { attempts: 1, firstAttemptAt: 0, now: 0, retryAfterMs: 0, random: () => 0.999_999 };

test('waits double up to an hour', () => {
  const waits = [1, 2, 3, 4, 12, 60].map((attempts) => nextWaitMs({ ...failed, attempts }));
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, hour, hour].map((ms) => Math.round(ms * 0.999_999)));
});

test('waits are spread over the whole interval and never 0', () => {
  expect(nextWaitMs({ ...failed, attempts: 4, random: () => 0.5 })).toBe(20_000);
  expect(nextWaitMs({ ...failed, attempts: 4, random: () => 0 })).toBe(1_000);
});

test('Retry-After is the least wait, and retries end a day after the first attempt', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 199 }),
      fc.integer({ min: 0, max: 25 * hour }),
      fc.integer({ min: 0, max: 24 * hour }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempts, now, retryAfterMs, chance) => {
        const wait = nextWaitMs({ attempts, firstAttemptAt: 0, now, retryAfterMs, random: () => chance });
        if (wait === null) return;
        expect(wait).toBeGreaterThanOrEqual(Math.max(1_000, retryAfterMs));
        expect(wait).toBeLessThanOrEqual(Math.max(hour, retryAfterMs));
        expect(now + wait).toBeLessThanOrEqual(24 * hour);
      },
    ),
  );
  expect(nextWaitMs({ ...failed, now: 24 * hour })).toBeNull();
  expect(nextWaitMs({ ...failed, attempts: 200 })).toBeNull();
});
