import { indexAt, nearestRow, type Timeline } from './timeline';

/** Rows of one event type over time, bounded by age and by count. */
export interface Table<Row extends { readonly t: number }> extends Timeline<Row> {
  push(row: Row): void;
  /** Marks a gap between the last row and the next. */
  markGap(): void;
  /** Takes the rows of `whole` in place of its own, from the first of them to the last. */
  replaceRange(whole: Timeline<Row>): void;
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
  let isAfterGap = false;
  const afterGap = new WeakSet<Row>();

  function trim(newest: number): void {
    let stale = 0;
    for (const row of rows) {
      if (row.t >= newest - maxAgeMs && rows.length - stale <= maxRows) break;
      stale += 1;
    }
    // In blocks: cutting the front for each row would move the whole array each time.
    if (stale > 60 || rows.length > maxRows) rows = rows.slice(stale);
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
        rows.splice(indexAt(rows, row.t), 0, row);
        return;
      }
      // The host's clock was set back: rows after this time are from before that.
      if (ordered && newest && row.t <= newest.t) rows = rows.slice(0, indexAt(rows, row.t));
      rows.push(row);
      if (isAfterGap) afterGap.add(row);
      isAfterGap = false;
      trim(row.t);
    },
    markGap() {
      isAfterGap = true;
    },
    replaceRange(whole) {
      const [first] = whole.rows;
      const last = whole.latest();
      if (!first || !last) return;
      for (const row of whole.rows) if (whole.followsGap(row)) afterGap.add(row);
      const older = rows.slice(0, indexAt(rows, first.t));
      const same = rows[older.length];
      // Whether older rows reach up to what is whole, this table alone knows.
      if (older.length > 0 && (same?.t !== first.t || afterGap.has(same))) afterGap.add(first);
      rows = [...older, ...whole.rows, ...rows.slice(indexAt(rows, last.t + 1))];
      // Far from the last one: charts read all of it again.
      revision += 1_000_000;
      trim(rows.at(-1)?.t ?? last.t);
    },
    followsGap: (row) => afterGap.has(row),
    latest: () => rows.at(-1) ?? null,
    at: (t, withinMs) => nearestRow(rows, t, withinMs),
  };
}
