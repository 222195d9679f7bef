'use client';

import { useEffect, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { type Result, request } from '@/lib/client/http';
import { useLiveStore } from '@/lib/client/react/hooks';
import type { Firing, NewRule } from '@/lib/protocol/alerting';

export interface Preview {
  readonly range: TimeRange;
  readonly answer: Result<{ readonly firings: readonly Firing[] }>;
}

const settlesMs = 450;

/** When a rule would have fired in the last `spanMs`; requested again once the rule has not changed for a while. */
export function usePreview(rule: NewRule | null, spanMs: number) {
  const store = useLiveStore();
  const [preview, setPreview] = useState<Preview | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  // The name, the severity and whether it is enabled do not change when it fires.
  const asked =
    rule &&
    JSON.stringify({
      ...rule,
      name: 'preview',
      severity: rule.threshold === null ? rule.severity : 'warning',
      enabled: true,
    });

  useEffect(() => {
    if (asked === null) {
      setPreview(null);
      setIsRunning(false);
      return;
    }
    const stop = new AbortController();
    setIsRunning(true);
    const timer = setTimeout(async () => {
      const to = Math.floor(store.hostNow());
      const range = { from: to - spanMs, to };
      const answer = await request<{ firings: readonly Firing[] }>('/api/alerts/rules/preview', {
        method: 'POST',
        body: { rule: JSON.parse(asked), ...range },
        signal: stop.signal,
      });
      if (stop.signal.aborted) return;
      setPreview({ range, answer });
      setIsRunning(false);
    }, settlesMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, spanMs, store]);
  return { preview, isRunning };
}
