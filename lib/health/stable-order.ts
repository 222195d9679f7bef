/** Two neighbours change places when the lower one leads by this share; less is noise that would make rows jump. */
const leadShare = 0.25;

/** The keys of `scores` by falling score, in their previous order where that is still nearly right. */
export function stableOrder(previous: readonly string[], scores: ReadonlyMap<string, number>): string[] {
  const present = previous.filter((key) => scores.has(key));
  const order: string[] = [];
  const scoreOf = (key: string | undefined) => (key === undefined ? 0 : (scores.get(key) ?? 0));
  const place = (key: string, lead: number) => {
    let index = order.length;
    while (index > 0 && scoreOf(key) > scoreOf(order[index - 1]) * (1 + lead)) index -= 1;
    order.splice(index, 0, key);
  };
  for (const key of present) place(key, leadShare);
  const placed = new Set(present);
  for (const key of scores.keys()) if (!placed.has(key)) place(key, 0);
  return order;
}

/** The mean of each item's value over rows, where a row without the item, or without its value, counts as none. */
export function meanScores<Row, Item>(
  rows: readonly Row[],
  itemsOf: (row: Row) => readonly Item[],
  keyOf: (item: Item) => string,
  value: (item: Item) => number | null,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    for (const item of itemsOf(row)) {
      const key = keyOf(item);
      sums.set(key, (sums.get(key) ?? 0) + (value(item) ?? 0));
    }
  }
  return new Map([...sums].map(([key, sum]) => [key, sum / rows.length]));
}
