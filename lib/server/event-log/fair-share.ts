/**
 * How many each may have so that all together have at most `total`: those with few keep all, the others get equal shares.
 * Returns only those that have more than their share.
 */
export function fairShare(counts: ReadonlyMap<string, number>, total: number): Map<string, number> {
  const kept = new Map<string, number>();
  let left = total;
  let others = counts.size;
  for (const [name, count] of [...counts].sort(([, one], [, other]) => one - other)) {
    const share = Math.floor(left / others);
    if (count > share) kept.set(name, share);
    left -= Math.min(count, share);
    others -= 1;
  }
  return kept;
}
