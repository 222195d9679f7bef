import { createGrowth, type GrowingRows } from './appended-rows';
import type { PathGroup } from './path-groups';

/** The least and the greatest height of any edge; `low` is above `high` while there is none. */
export interface Extent {
  readonly low: number;
  readonly high: number;
}

/** Follows the extent of a timeline. It may stay wider than what is left of the rows until they are read anew. */
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
    // What has left may have been the greatest. Tables let go in blocks, so this is once a minute.
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
