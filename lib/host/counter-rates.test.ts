import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { perSecond, risesBetween } from './counter-rates';

const counter = fc.nat({ max: 2 ** 31 });

describe('the rises of counters', () => {
  it('are null as a whole when any ran backwards, or there was no earlier look', () => {
    expect(risesBetween({ rx: 100, tx: 7 }, { rx: 150, tx: 7 })).toEqual({ rx: 50, tx: 0 });
    expect(risesBetween({ rx: 100, tx: 7 }, { rx: 5, tx: 9_000_000 })).toBeNull();
    expect(risesBetween(undefined, { rx: 5 })).toBeNull();
  });

  it('are never negative, whatever the counters did', () => {
    fc.assert(
      fc.property(counter, counter, counter, counter, (a, b, c, d) => {
        const rises = risesBetween({ rx: a, tx: b }, { rx: c, tx: d });
        expect(rises === null).toBe(c < a || d < b);
        expect(Math.min(rises?.rx ?? 0, rises?.tx ?? 0)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a rate', () => {
  it('is over the time that passed, and null when none did', () => {
    expect(perSecond(1000, 2000)).toBe(500);
    expect(perSecond(1, 3000)).toBe(0.33);
    for (const elapsedMs of [0, -1, Number.NaN]) expect(perSecond(1000, elapsedMs)).toBeNull();
    expect(perSecond(undefined, 1000)).toBeNull();
  });
});
