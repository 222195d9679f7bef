/** A series as its chart sees it: how to read a row, and where that lands in the plot. */
export interface Projection<Row> {
  readonly rows: readonly Row[];
  /** Unix ms of a row to pixels. */
  readonly x: (t: number) => number;
  /** Value to pixels. */
  readonly y: (value: number) => number;
  /** Rows further apart than this are not joined: what lies between is not known. */
  readonly holeMs: number;
  /** Rows before which something is known to be missing, however near the one before is. */
  readonly isTorn: (row: Row) => boolean;
}

type Value<Row> = (row: Row) => number | null;
type Timed = { readonly t: number };

const px = (value: number) => value.toFixed(1);

/** Runs of rows without a hole, each a list of `[t, values…]`; a row with any value missing ends its run. */
function runs<Row extends Timed>(
  { rows, holeMs, isTorn }: Projection<Row>,
  values: readonly Value<Row>[],
): [number, number[]][][] {
  const found: [number, number[]][][] = [];
  let run: [number, number[]][] = [];
  let previous = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const read = values.map((value) => value(row));
    const whole = read.every((value) => value !== null);
    const follows = row.t - previous <= holeMs && !isTorn(row);
    if (!(whole && follows) && run.length > 0) {
      found.push(run);
      run = [];
    }
    previous = row.t;
    if (whole) run.push([row.t, read]);
  }
  if (run.length > 0) found.push(run);
  return found;
}

/** One line, broken where the data is. A lone sample is a dot-sized dash. */
export function linePath<Row extends Timed>(projection: Projection<Row>, value: Value<Row>): string {
  const { x, y } = projection;
  let path = '';
  for (const run of runs(projection, [value])) {
    run.forEach(([t, [only = 0]], index) => {
      path += `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(only))}`;
    });
    if (run.length === 1) path += 'h0.1';
  }
  return path;
}

/** One area per value, each standing on the one before it; broken where the data is. */
export function stackPaths<Row extends Timed>(
  projection: Projection<Row>,
  values: readonly Value<Row>[],
): string[] {
  const { x, y } = projection;
  const paths = values.map(() => '');
  for (const run of runs(projection, values)) {
    let floor = run.map(() => 0);
    values.forEach((_, layer) => {
      const ceiling = run.map(([, read], index) => (floor[index] ?? 0) + (read[layer] ?? 0));
      let path = '';
      run.forEach(([t], index) => {
        path += `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(ceiling[index] ?? 0))}`;
      });
      for (let index = run.length - 1; index >= 0; index -= 1) {
        path += `L${px(x(run[index]?.[0] ?? 0))} ${px(y(floor[index] ?? 0))}`;
      }
      paths[layer] += `${path}Z`;
      floor = ceiling;
    });
  }
  return paths;
}
