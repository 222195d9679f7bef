import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelOf, openNoise, smooth } from './noise';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const moments = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });

describe('draws', () => {
  it('are spread evenly, also over neighbouring seeds, channels and indices', () => {
    const ways: ((n: number) => number)[] = [
      (n) => openNoise(n).draw(1, 1),
      (n) => openNoise(7).draw(n, 1),
      (n) => openNoise(7).draw(1, n),
    ];
    for (const way of ways) {
      const bins = Array.from({ length: 16 }, () => 0);
      for (let n = 0; n < 16_000; n++)
        bins[Math.floor(way(n) * 16)] = (bins[Math.floor(way(n) * 16)] ?? 0) + 1;
      // Chi-squared with 15 degrees of freedom is above 50 once in 100,000 times.
      expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(50);
    }
  });

  it('of neighbours have nothing to do with each other', () => {
    const noise = openNoise(42);
    const count = 20_000;
    let sum = 0;
    for (let n = 0; n < count; n++) sum += (noise.draw(3, n) - 0.5) * (noise.draw(3, n + 1) - 0.5);
    expect(Math.abs((12 * sum) / count)).toBeLessThan(0.03);
  });

  it('differ by seed, the highest one included', () => {
    const figures = [0, 1, 2 ** 31, 2 ** 32 - 1].map((seed) => openNoise(seed).draw(channelOf('x'), 5));
    expect(new Set(figures).size).toBe(4);
  });
});

describe('wandering', () => {
  it('stays within −1..1, and moves by no more than its slope allows', () => {
    fc.assert(
      fc.property(seeds, moments, fc.integer({ min: 1_000, max: 3_600_000 }), (seed, unixMs, periodMs) => {
        const noise = openNoise(seed);
        const here = noise.wander(5, unixMs, periodMs);
        const next = noise.wander(5, unixMs + periodMs / 100, periodMs);
        expect(Math.abs(here)).toBeLessThanOrEqual(1);
        // The steepest slope of the curve is 1.5 × the greatest difference, 2.
        expect(Math.abs(next - here)).toBeLessThanOrEqual(0.0301);
      }),
    );
  });

  it('gets about', () => {
    const noise = openNoise(9);
    const path = Array.from({ length: 500 }, (_, n) => noise.wander(1, n * 500, 1_000));
    expect(Math.max(...path)).toBeGreaterThan(0.9);
    expect(Math.min(...path)).toBeLessThan(-0.9);
  });
});

it('a smooth step has flat ends', () => {
  expect([-1, 0, 0.5, 1, 2].map(smooth)).toEqual([0, 0, 0.5, 1, 1]);
});
