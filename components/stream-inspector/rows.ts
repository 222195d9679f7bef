import type { Entry, Line } from '@/lib/client/inspector/entries';

/** A line that is picked: which entry, and which of its lines. */
export interface Pick {
  readonly key: number;
  readonly line: number;
}

export interface Row {
  readonly entry: Entry;
  readonly line: Line;
  readonly index: number;
}

/** Entries laid out line by line, so that any row is found without counting from the start. */
export interface Layout {
  readonly count: number;
  rows(from: number, to: number): readonly Row[];
  /** The row of an entry's line; of the next entry that is there when it is gone. */
  rowOf(pick: Pick): number;
  has(key: number): boolean;
  at(row: number): Row | null;
}

export function layOut(entries: readonly Entry[]): Layout {
  const starts: number[] = [];
  let count = 0;
  for (const { lines } of entries) {
    starts.push(count);
    count += lines.length;
  }

  /** The last index at which `test` holds; -1 when it holds nowhere. It must hold up to a point and not after. */
  function lastWhere(test: (index: number) => boolean): number {
    let low = -1;
    let high = entries.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (test(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  const entryAt = (row: number) => lastWhere((index) => (starts[index] ?? 0) <= row);

  function rows(from: number, to: number): Row[] {
    const found: Row[] = [];
    for (let at = Math.max(0, entryAt(from)); at < entries.length && (starts[at] ?? 0) < to; at += 1) {
      const entry = entries[at];
      const start = starts[at] ?? 0;
      entry?.lines.forEach((line, index) => {
        if (start + index >= from && start + index < to) found.push({ entry, line, index });
      });
    }
    return found;
  }

  return {
    count,
    rows,
    rowOf({ key, line }) {
      const index = lastWhere((at) => (entries[at]?.key ?? 0) < key) + 1;
      const entry = entries[index];
      if (!entry) return Math.max(0, count - 1);
      return (starts[index] ?? 0) + (entry.key === key ? Math.min(line, entry.lines.length - 1) : 0);
    },
    has: (key) => entries[lastWhere((at) => (entries[at]?.key ?? 0) <= key)]?.key === key,
    at: (row) => rows(row, row + 1)[0] ?? null,
  };
}
