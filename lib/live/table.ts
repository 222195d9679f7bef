/** Rows of one event type over time, oldest first, bounded by age and by count. */
export interface Table<Row extends { readonly t: number }> {
  readonly rows: readonly Row[];
  /** How many rows ever came; changes with every row, which `rows` in itself does not. */
  readonly revision: number;
  push(row: Row): void;
  /** Something is missing here: the next row does not follow on the last. */
  tear(): void;
  /** Whether what comes right before this row is missing, however near the row before it is. */
  isTorn(row: Row): boolean;
  latest(): Row | null;
  /** The row nearest to `t` (Unix ms), at most `withinMs` away. */
  at(t: number, withinMs: number): Row | null;
}

export interface TableOptions {
  readonly maxAgeMs: number;
  readonly maxRows: number;
  /** False where rows come from many clocks: one that is late finds its place and takes none back. */
  readonly ordered?: boolean;
}

export function createTable<Row extends { readonly t: number }>({
  maxAgeMs,
  maxRows,
  ordered = true,
}: TableOptions): Table<Row> {
  let rows: Row[] = [];
  let revision = 0;
  let tornHere = false;
  const torn = new WeakSet<Row>();

  function trim(newest: number): void {
    let stale = 0;
    for (const row of rows) {
      if (row.t >= newest - maxAgeMs && rows.length - stale <= maxRows) break;
      stale += 1;
    }
    // In blocks: cutting the front for each row would move the whole array each time.
    if (stale > 60 || rows.length > maxRows) rows = rows.slice(stale);
  }

  /** The index of the first row at or after `t`. */
  function search(t: number): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((rows[middle]?.t ?? Number.POSITIVE_INFINITY) < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    get rows() {
      return rows;
    },
    get revision() {
      return revision;
    },
    push(row) {
      revision += 1;
      const newest = rows.at(-1);
      if (!ordered && newest && row.t < newest.t) {
        rows.splice(search(row.t), 0, row);
        return;
      }
      // The host's clock stepped back: what it called later has not happened yet.
      if (ordered && newest && row.t <= newest.t) rows = rows.slice(0, search(row.t));
      rows.push(row);
      if (tornHere) torn.add(row);
      tornHere = false;
      trim(row.t);
    },
    tear() {
      tornHere = true;
    },
    isTorn: (row) => torn.has(row),
    latest: () => rows.at(-1) ?? null,
    at(t, withinMs) {
      const index = search(t);
      const distance = (row: Row | undefined) => (row ? Math.abs(row.t - t) : Number.POSITIVE_INFINITY);
      const before = rows[index - 1];
      const after = rows[index];
      const nearest = distance(before) <= distance(after) ? before : after;
      return nearest && distance(nearest) <= withinMs ? nearest : null;
    },
  };
}
