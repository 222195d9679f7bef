/** Rows over time, oldest first, to which new ones are appended while the oldest are dropped. */
export interface GrowingRows<Row> {
  readonly rows: readonly Row[];
  /** How many rows ever came. A jump of it means that rows changed otherwise. */
  readonly revision: number;
  /** Whether samples right before this row are missing, however near the row before it is. */
  followsGap(row: Row): boolean;
}

/** Reads only the rows of a timeline that are new since its last call. */
export interface Growth<Row> {
  /** The index of the first row that was not read yet; 0 when rows changed otherwise and all must be read anew. */
  read(timeline: Pick<GrowingRows<Row>, 'rows' | 'revision'>): number;
}

/** Rows that were dropped at the front do not make it read the others again. */
export function createGrowth<Row>(): Growth<Row> {
  let last: Row | undefined;
  let seen = 0;

  return {
    read({ rows, revision }) {
      const came = revision - seen;
      const before = rows.length - came - 1;
      const grew = last !== undefined && came >= 0 && before >= 0 && rows[before] === last;
      last = rows.at(-1);
      seen = revision;
      return grew ? before + 1 : 0;
    },
  };
}
