import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createClockOffset } from './clock-offset';
import { curlCommand } from './curl';
import { createLatencies, latenciesMax } from './latencies';
import { createRates, meanOfNewest, rateSeconds } from './rates';

test('rates are by the full second, and a second without events is a zero', () => {
  const rates = createRates();
  rates.add(10_000, 2, 100);
  rates.add(10_999, 1, 50);
  rates.add(12_000, 1, 7);
  rates.add(13_500, 9, 9);
  const { events, bytes } = rates.read(13_600);
  expect(events).toHaveLength(rateSeconds);
  expect(events.slice(-4)).toEqual([0, 3, 0, 1]);
  expect(bytes.slice(-3)).toEqual([150, 0, 7]);
  expect(meanOfNewest(events, 2)).toBe(0.5);
});

test('what is older than a minute is forgotten, also when nothing came since', () => {
  const rates = createRates();
  rates.add(1_000, 5, 5);
  expect(rates.read(63_000).events.reduce((a, b) => a + b)).toBe(0);
  expect(rates.read(62_000).events.reduce((a, b) => a + b)).toBe(0);
  expect(rates.read(61_000).events[0]).toBe(5);
});

test('every latency falls into one bar, and percentiles are latencies that there were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 50 }),
      (all) => {
        const latencies = createLatencies();
        for (const one of all) latencies.add(one);
        const { counts, count, p50Ms, p95Ms } = latencies.summary();
        expect(counts.reduce((a, b) => a + b)).toBe(all.length);
        expect(count).toBe(all.length);
        expect(all).toContain(p50Ms);
        expect(p95Ms).toBeGreaterThanOrEqual(p50Ms ?? 0);
      },
    ),
  );
});

test('only the newest latencies count', () => {
  const latencies = createLatencies();
  latencies.add(9_000);
  for (let index = 0; index < latenciesMax; index += 1) latencies.add(3);
  expect(latencies.summary()).toMatchObject({ count: latenciesMax, p95Ms: 3 });
  expect(latencies.summary().counts.at(-1)).toBe(0);
});

test('the true offset is always within the bounds, whatever the delays', () => {
  const delay = fc.double({ min: 0, max: 300, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.array(fc.tuple(delay, delay), { minLength: 1 }),
      (offset, ways) => {
        const clock = createClockOffset();
        ways.forEach(([there, back], index) => {
          const sentAt = index * 1000;
          clock.add(sentAt + there + offset, sentAt + there + back, sentAt);
        });
        const read = clock.read();
        expect(Math.abs((read?.offsetMs ?? 1e9) - offset)).toBeLessThanOrEqual(
          (read?.plusMinusMs ?? 0) + 1e-6,
        );
      },
    ),
  );
});

test('a clock that is set is followed', () => {
  const clock = createClockOffset();
  clock.add(1_000, 10, 0);
  expect(clock.read()).toEqual({ offsetMs: 995, plusMinusMs: 5 });
  clock.add(500_000, 1_010, 1_000);
  expect(clock.read()).toEqual({ offsetMs: 498_995, plusMinusMs: 5 });
});

test('the command survives a shell, whatever the id', () => {
  expect(curlCommand('http://h/api/events', '')).toBe("curl -N 'http://h/api/events'");
  expect(curlCommand('http://h/x?types=a,b', "it's")).toBe(
    `curl -N -H 'Last-Event-ID: it'\\''s' 'http://h/x?types=a,b'`,
  );
});
