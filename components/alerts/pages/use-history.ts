'use client';

import { useEffect, useState } from 'react';
import { ask } from '../../ui/ask';

/** A metric over time; a hole is a point with nulls. */
export interface HistoryData {
  readonly stepMs: number;
  readonly points: readonly (readonly [
    t: number,
    min: number | null,
    avg: number | null,
    max: number | null,
  ])[];
}

export interface Range {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
}

const points = 400;

/** What a metric did in a range; `undefined` until it is known, `null` where there is no history of it. */
export function useHistory(
  metric: string | null,
  host: string | null,
  { from, to }: Range,
): HistoryData | null | undefined {
  const [held, setHeld] = useState<{ readonly metric: string; readonly data: HistoryData | null }>();
  useEffect(() => {
    if (metric === null || to <= from) return;
    const stop = new AbortController();
    const query = new URLSearchParams({
      metric,
      from: String(Math.round(from)),
      to: String(Math.round(to)),
      points: String(points),
      ...(host === null ? {} : { host }),
    });
    ask<HistoryData>(`/api/history?${query}`, { signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted) return;
      const isEmpty = !answer.ok || answer.value.points.every(([, , avg]) => avg === null);
      setHeld({ metric, data: isEmpty ? null : answer.value });
    });
    return () => stop.abort();
  }, [metric, host, from, to]);
  if (metric === null) return null;
  return held?.metric === metric ? held.data : undefined;
}
