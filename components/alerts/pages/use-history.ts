'use client';

import { useEffect, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { request } from '@/lib/client/http';
import type { HistoryData } from '../../charts/static/history-paths';

const points = 400;

/** The history of a metric in a range; `undefined` until it is loaded, `null` where there is none. */
export function useHistory(
  metric: string | null,
  host: string | null,
  { from, to }: TimeRange,
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
    request<HistoryData>(`/api/history?${query}`, { signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted) return;
      const isEmpty = !answer.ok || answer.value.points.every(([, , avg]) => avg === null);
      setHeld({ metric, data: isEmpty ? null : answer.value });
    });
    return () => stop.abort();
  }, [metric, host, from, to]);
  if (metric === null) return null;
  return held?.metric === metric ? held.data : undefined;
}
