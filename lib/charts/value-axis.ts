import type { Extent } from './extent';

/** The next of 1, 2, 3, 4, 5, 8, 10 × 10ⁿ at or above a value, so that an axis changes seldom. */
function roundedAbove(value: number, steps: readonly number[] = [1, 2, 3, 4, 5, 8]): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = steps.find((candidate) => candidate * magnitude >= value) ?? 10;
  return step * magnitude;
}

/**
 * The top of an axis that holds every value with a little room, and is at least `topMin`. There is no room above
 * `valueMax`, the highest that a value can be: a share of time has no 200 %.
 */
export function axisTop({ low, high }: Extent, topMin = 1, valueMax = Number.POSITIVE_INFINITY): number {
  const highest = low > high ? 0 : Math.max(0, high, -low);
  const top = roundedAbove(Math.max(topMin, highest * 1.05));
  return highest <= valueMax ? Math.min(valueMax, top) : top;
}

const coarse = [1, 2, 5];

/**
 * An axis that need not begin at 0, for values that vary little around something: `[bottom, top]`, two round
 * steps apart, with every value between them. It stays between 0 and `valueMax` as long as the values do.
 */
export function axisAround({ low, high }: Extent, valueMax = Number.POSITIVE_INFINITY): [number, number] {
  if (low > high) return [0, 1];
  const room = Math.max((high - low) * 1.3, Math.max(Math.abs(high), Math.abs(low)) * 0.05, 0.2);
  let step = roundedAbove(room / 2, coarse);
  while (Math.floor(low / step) * step + 2 * step < high) step = roundedAbove(step * 1.01, coarse);
  const bottom = Number((Math.floor(low / step) * step).toPrecision(12));
  const top = Number((bottom + 2 * step).toPrecision(12));
  if (low < 0 || high > valueMax || top <= valueMax) return [bottom, top];
  return [Math.max(0, Number((valueMax - 2 * step).toPrecision(12))), valueMax];
}
