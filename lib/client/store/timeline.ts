/** Rows over time, oldest first: what a chart draws and a legend shows. */
export interface Timeline<Row extends { readonly t: number }> {
  readonly rows: readonly Row[];
  /** How many rows ever came; changes with every row, which `rows` in itself does not. */
  readonly revision: number;
  /** Whether samples right before this row are missing, however near the row before it is. */
  followsGap(row: Row): boolean;
  latest(): Row | null;
  /** The row nearest to `t` (Unix ms), at most `withinMs` away. */
  at(t: number, withinMs: number): Row | null;
}

type Timed = { readonly t: number };

/** The index of the first row at or after `t`. */
export function indexAt(rows: readonly Timed[], t: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.t ?? Number.POSITIVE_INFINITY) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function nearestRow<Row extends Timed>(rows: readonly Row[], t: number, withinMs: number): Row | null {
  const index = indexAt(rows, t);
  const distance = (row: Row | undefined) => (row ? Math.abs(row.t - t) : Number.POSITIVE_INFINITY);
  const before = rows[index - 1];
  const after = rows[index];
  const nearest = distance(before) <= distance(after) ? before : after;
  return nearest && distance(nearest) <= withinMs ? nearest : null;
}

/** Rows that do not change any more. */
export function timelineOf<Row extends Timed>(
  rows: readonly Row[],
  followsGap: (row: Row) => boolean = () => false,
): Timeline<Row> {
  return {
    rows,
    revision: rows.length,
    followsGap,
    latest: () => rows.at(-1) ?? null,
    at: (t, withinMs) => nearestRow(rows, t, withinMs),
  };
}

/** The rows of the last `withinMs` up to `last`, oldest first, as far back as nothing is missing. */
export function recentRows<Row extends Timed>(
  { rows, followsGap }: Timeline<Row>,
  last: Row | null,
  { withinMs, gapMs }: { readonly withinMs: number; readonly gapMs: number },
): readonly Row[] {
  if (!last) return [];
  if (rows.at(-1) !== last) return [last];
  let first = rows.length - 1;
  for (let next = rows[first]; next && !followsGap(next); next = rows[first]) {
    const before = rows[first - 1];
    if (!before || next.t - before.t > gapMs || last.t - before.t >= withinMs) break;
    first -= 1;
  }
  return rows.slice(first);
}
