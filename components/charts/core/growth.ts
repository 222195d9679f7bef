import type { Timeline } from '@/lib/client/store/timeline';

/** Reads a timeline again and again, and each time only what is new. */
export interface Growth<Row> {
  /** The index of the first row that was not read yet; 0 when rows changed otherwise and all must be read anew. */
  read(timeline: Pick<Timeline<Row & { readonly t: number }>, 'rows' | 'revision'>): number;
}

/** Rows that were let go at the front are no reason to read the others again. */
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
