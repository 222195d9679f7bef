import { createGrowth, type GrowingRows } from './appended-rows';
import type { PathGroup } from './path-groups';

/** The lowest and the highest value of any edge; `low` is above `high` while there is none. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Follows the extent of a timeline. It may be wider than that of the rows until they are read anew. */
export function createExtent<Row extends { readonly t: number }>(groups: readonly PathGroup<Row>[]) {
  const growth = createGrowth<Row>();
  let oldest: Row | undefined;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;

  function forget(): void {
    low = Number.POSITIVE_INFINITY;
    high = Number.NEGATIVE_INFINITY;
  }

  function widen(row: Row): void {
    for (const { edges, carries } of groups) {
      if (!carries(row)) continue;
      for (const height of edges(row) ?? []) {
        if (height < low) low = height;
        if (height > high) high = height;
      }
    }
  }

  return (timeline: GrowingRows<Row>): Extent => {
    const { rows } = timeline;
    const grown = growth.read(timeline);
    // A dropped row may have had the highest value. Tables drop rows in blocks, so this happens once a minute.
    const from = rows[0] === oldest ? grown : 0;
    oldest = rows[0];
    if (from === 0) forget();
    for (let index = from; index < rows.length; index += 1) {
      const row = rows[index];
      if (row) widen(row);
    }
    return { low, high };
  };
}
