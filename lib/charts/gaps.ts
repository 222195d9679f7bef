/**
 * How far apart the known positions are as a rule (their lower median): what is measured every few steps has no value
 * in most of them. `null` where there are fewer than two.
 */
export function usualDistance(positions: readonly number[]): number | null {
  const distances = positions.slice(1).map((position, index) => position - (positions[index] ?? position));
  distances.sort((one, other) => one - other);
  return distances[(distances.length - 1) >> 1] ?? null;
}
