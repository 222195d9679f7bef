import type { TimeRange } from '@/lib/charts/time-axis';

/** A finger on an axis of time. */
export interface Grip {
  /** The time that it took hold of: Unix ms. */
  readonly t: number;
  /** Where it is now: 0 on the left to 1 on the right. */
  readonly at: number;
}

/** Two fingers closer than this would show centuries. */
const apartMin = 0.04;

/** The range in which each finger is still on the time that it took hold of; one finger moves, two zoom as well. */
export function rangeUnder(grips: readonly Grip[], { from, to }: TimeRange): TimeRange {
  const [one, other] = grips;
  if (!one) return { from, to };
  let spanMs = to - from;
  if (other) {
    const apart = other.at - one.at;
    const wide = Math.max(apartMin, Math.abs(apart));
    spanMs = Math.abs(other.t - one.t) / wide;
  }
  const start = one.t - one.at * spanMs;
  return { from: start, to: start + spanMs };
}

/** A range moved by a share of itself, not past the present. */
export function movedBy({ from, to }: TimeRange, share: number, now: number): TimeRange {
  return heldBefore({ from: from + (to - from) * share, to: to + (to - from) * share }, now);
}

/** The same stretch, moved back as far as it would reach past the present. */
export function heldBefore({ from, to }: TimeRange, now: number): TimeRange {
  const past = Math.max(0, to - now);
  return { from: from - past, to: to - past };
}
