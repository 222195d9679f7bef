import type { CustomScaleDefinition } from 'recharts';

type Pair = readonly [from: number, to: number];

/**
 * The one scale that a frame has. Recharts chooses scales by name out of all of d3's, so that a bundle would hold those
 * of time, colour and logarithm too: `next.config.ts` gives it this module instead.
 */
export function scaleLinear(
  initialDomain: Pair = [0, 1],
  initialRange: Pair = [0, 1],
): CustomScaleDefinition<number> {
  let domain = initialDomain;
  let range = initialRange;
  const share = (value: number, [from, to]: Pair) => (to === from ? 0.5 : (value - from) / (to - from));
  const along = (part: number, [from, to]: Pair) => from + part * (to - from);

  function domainOf(): Pair;
  function domainOf<Scale>(this: Scale, next: readonly number[]): Scale;
  function domainOf<Scale>(this: Scale, next?: readonly number[]): Pair | Scale {
    if (!next) return domain;
    domain = pairOf(next);
    return this;
  }
  function rangeOf(): Pair;
  function rangeOf<Scale>(this: Scale, next: readonly number[]): Scale;
  function rangeOf<Scale>(this: Scale, next?: readonly number[]): Pair | Scale {
    if (!next) return range;
    range = pairOf(next);
    return this;
  }

  return Object.assign((value: number) => along(share(value, domain), range), {
    domain: domainOf,
    range: rangeOf,
    copy: () => scaleLinear(domain, range),
    invert: (px: number) => along(share(px, range), domain),
    ticks: () => domain,
  });
}

const pairOf = ([from = 0, to = 1]: readonly number[]): Pair => [from, to];
