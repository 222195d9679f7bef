export interface LatencySummary {
  /** How many of the newest fell below each edge of `latencyEdgesMs` and not below the one before; one more at the end. */
  readonly counts: readonly number[];
  readonly count: number;
  /** `null` before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface Latencies {
  add(milliseconds: number): void;
  summary(): LatencySummary;
  clear(): void;
}

/** Upper edges of the histogram's bars; what is at or above the last has a bar of its own. */
export const latencyEdgesMs: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

/** As many of the newest as are weighed. */
export const latenciesMax = 1000;

export function createLatencies(): Latencies {
  let newest: number[] = [];
  let next = 0;

  return {
    add(milliseconds) {
      newest[next] = Math.max(0, milliseconds);
      next = (next + 1) % latenciesMax;
    },
    summary() {
      const sorted = newest.toSorted((a, b) => a - b);
      const counts = Array<number>(latencyEdgesMs.length + 1).fill(0);
      for (const value of sorted) {
        const bar = latencyEdgesMs.findIndex((edge) => value < edge);
        const index = bar < 0 ? latencyEdgesMs.length : bar;
        counts[index] = (counts[index] ?? 0) + 1;
      }
      // The nearest rank: always a latency that there was.
      const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
      return { counts, count: sorted.length, p50Ms: rank(0.5), p95Ms: rank(0.95) };
    },
    clear() {
      newest = [];
      next = 0;
    },
  };
}
