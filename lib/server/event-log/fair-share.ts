/**
 * What each may keep so that all together keep at most `most`: those that have little keep all of it, the others equal
 * parts. Gives only those that have more than they may keep.
 */
export function fairShare(counts: ReadonlyMap<string, number>, most: number): Map<string, number> {
  const kept = new Map<string, number>();
  let left = most;
  let others = counts.size;
  for (const [name, count] of [...counts].sort(([, one], [, other]) => one - other)) {
    const share = Math.floor(left / others);
    if (count > share) kept.set(name, share);
    left -= Math.min(count, share);
    others -= 1;
  }
  return kept;
}
