import type { TimeRange } from '@/lib/charts/time-axis';
import { liveSpanSeconds } from '@/lib/client/transport/frame';

/** The range of the time axis: the last minutes, moving, or one fixed range (Unix ms on the host's clock). */
export type TimeDomain = 'live' | TimeRange;

export const liveSpanMs = liveSpanSeconds * 1000;

export function rangeOf(domain: TimeDomain, now: number): TimeRange {
  return domain === 'live' ? { from: now - liveSpanMs, to: now } : domain;
}

/** How long ago, in whole minutes and the seconds left over. */
export function minutesAndSeconds(ms: number): { minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
}
