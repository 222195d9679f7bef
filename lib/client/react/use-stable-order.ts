'use client';

import { useEffect, useMemo, useRef } from 'react';
import { stableOrder } from '@/lib/health/stable-order';

/** `stableOrder` from one render to the next. */
export function useStableOrder(scores: ReadonlyMap<string, number>): readonly string[] {
  const kept = useRef<readonly string[]>([]);
  const order = useMemo(() => stableOrder(kept.current, scores), [scores]);
  useEffect(() => {
    kept.current = order;
  }, [order]);
  return order;
}
