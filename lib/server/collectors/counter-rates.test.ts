import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterOf, perSecond, risesBetween } from './counter-rates';

const counter = fc.option(fc.nat({ max: 2 ** 31 }));

describe('the rises of counters', () => {
  it('leave out the one that ran backwards, and keep the others', () => {
    expect(risesBetween({ rx: 100, tx: 7 }, { rx: 150, tx: 7 })).toEqual({ rx: 50, tx: 0 });
    expect(risesBetween({ rx: 100, tx: 7 }, { rx: 5, tx: 9 })).toEqual({ rx: null, tx: 2 });
    expect(risesBetween({ rx: null, tx: 7 }, { rx: 5, tx: 9 })).toEqual({ rx: null, tx: 2 });
    expect(risesBetween({ rx: 5, tx: 7 }, { rx: 5, tx: null })).toEqual({ rx: 0, tx: null });
  });

  it('are null as a whole when most ran backwards, or there was no earlier sample', () => {
    expect(risesBetween({ rx: 100, tx: 7, errors: 3 }, { rx: 5, tx: 1, errors: 90 })).toBeNull();
    // One that was 0 tells nothing of whether it is the same device.
    expect(risesBetween({ rx: 100, tx: 0 }, { rx: 5, tx: 9_000 })).toBeNull();
    expect(risesBetween(undefined, { rx: 5 })).toBeNull();
  });

  it('are never negative, whatever the counters did', () => {
    fc.assert(
      fc.property(counter, counter, counter, counter, (a, b, c, d) => {
        const rises = risesBetween({ rx: a, tx: b }, { rx: c, tx: d });
        for (const rise of Object.values(rises ?? {})) expect(rise ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('a counter', () => {
  it('is a whole number of 64 bits, and no negative one in disguise', () => {
    expect(counterOf('9223372036854775808')).toBe(2 ** 63);
    const bad = [
      '18446744073709551615',
      '18446744073709551000',
      '-1',
      '1e9',
      'nan',
      '',
      ' 1',
      '9'.repeat(21),
    ];
    for (const digits of [...bad, undefined]) expect(counterOf(digits)).toBeNull();
  });
});

describe('a rate', () => {
  it('is over the time that passed, and null when none did', () => {
    expect(perSecond(1000, 2000)).toBe(500);
    expect(perSecond(1, 3000)).toBe(0.33);
    for (const elapsedMs of [0, -1, Number.NaN]) expect(perSecond(1000, elapsedMs)).toBeNull();
    expect(perSecond(undefined, 1000)).toBeNull();
    expect(perSecond(null, 1000)).toBeNull();
  });

  it('is null where no device can have risen so fast', () => {
    expect(perSecond(100e9, 1000)).toBe(100e9);
    expect(perSecond(2 ** 60, 1000)).toBeNull();
  });
});
