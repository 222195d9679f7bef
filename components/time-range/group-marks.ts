import { fractionOf, type TimeRange } from '@/lib/charts/time-axis';

/** Marks that are too close together to be distinguished. */
export interface MarkGroup<T> {
  /** In the middle of them: 0 on the left to 1 on the right. */
  readonly at: number;
  /** The oldest first. */
  readonly of: readonly T[];
}

/**
 * Marks of a stretch of time from left to right; those within `apartMin` (a share of the axis) of the first of a
 * group are in it, so that a group is never wider, however many there are.
 */
export function grouped<T extends { readonly t: number }>(
  marks: readonly T[],
  range: TimeRange,
  apartMin: number,
): readonly MarkGroup<T>[] {
  const groups: { first: number; of: T[] }[] = [];
  const shown = marks.filter(({ t }) => t >= range.from && t <= range.to);
  for (const mark of shown.sort((one, other) => one.t - other.t)) {
    const at = fractionOf(mark.t, range);
    const group = groups.at(-1);
    if (group && at - group.first < apartMin) group.of.push(mark);
    else groups.push({ first: at, of: [mark] });
  }
  return groups.map(({ first, of }) => ({
    at: (first + fractionOf(of.at(-1)?.t ?? range.from, range)) / 2,
    of,
  }));
}
