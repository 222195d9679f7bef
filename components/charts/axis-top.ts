/** The next of 1, 2, 3, 4, 5, 8, 10 × 10ⁿ at or above a value, so that an axis changes seldom. */
function roundedAbove(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 3, 4, 5, 8].find((candidate) => candidate * magnitude >= value) ?? 10;
  return step * magnitude;
}

interface Valued<Row> {
  readonly value: (row: Row) => number | null;
}

/** The top of an axis that holds every value with a little room, and at least 1. */
export function axisTop<Row>(rows: readonly Row[], series: readonly Valued<Row>[]): number {
  let highest = 0;
  for (const row of rows) {
    for (const { value } of series) highest = Math.max(highest, value(row) ?? 0);
  }
  return roundedAbove(Math.max(1, highest * 1.05));
}
