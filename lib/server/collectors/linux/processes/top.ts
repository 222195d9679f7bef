/** The `count` items with the highest score, the highest first; those of no score or 0 are left out. */
export function highest<T>(items: Iterable<T>, count: number, score: (item: T) => number | null): T[] {
  const top: { readonly item: T; readonly points: number }[] = [];
  for (const item of items) {
    const points = score(item) ?? 0;
    const last = top[top.length - 1];
    if (points <= 0 || (top.length === count && last && points <= last.points)) continue;
    if (top.length === count) top.pop();
    const at = top.findIndex((other) => other.points < points);
    top.splice(at === -1 ? top.length : at, 0, { item, points });
  }
  return top.map(({ item }) => item);
}
