'use client';

import { useLive } from '@/lib/client/react/hooks';

/** Unix ms by the host's clock, in steps, so that components render once a step. */
export function useNow(stepMs = 1_000): number {
  return useLive(({ hostNow }) => Math.floor(hostNow() / stepMs) * stepMs);
}
