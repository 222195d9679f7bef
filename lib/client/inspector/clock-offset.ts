/**
 * How far the host's clock is ahead of this page's, between two bounds: a stamp was made before it arrived, and
 * the stamp of an answer after its request was sent. Times are milliseconds, host's and page's on their own scale.
 */
export interface ClockOffset {
  /** A stamp of the host's clock that arrived; `requestedAt` when it was made for a request. */
  add(hostTime: number, arrivedAt: number, requestedAt?: number): void;
  /** The middle between the bounds, and how far off it may be; `null` while one of them is missing. */
  read(): { readonly offsetMs: number; readonly plusMinusMs: number } | null;
}

export function createClockOffset(): ClockOffset {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;

  return {
    add(hostTime, arrivedAt, requestedAt) {
      const newLow = hostTime - arrivedAt;
      const newHigh = requestedAt === undefined ? Number.POSITIVE_INFINITY : hostTime - requestedAt;
      low = Math.max(low, newLow);
      high = Math.min(high, newHigh);
      if (low <= high) return;
      // A clock was set: only the last exchange counts.
      low = newLow;
      high = newHigh;
    },
    read() {
      if (!Number.isFinite(low) || !Number.isFinite(high)) return null;
      return { offsetMs: (low + high) / 2, plusMinusMs: (high - low) / 2 };
    },
  };
}
