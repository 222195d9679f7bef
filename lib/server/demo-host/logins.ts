import type { DurableEvent } from '@/lib/server/collectors/host';
import { attack, visit } from './login-incidents';
import { openNoise } from './noise';
import { incidentsBetween } from './schedule';

/** A login or logout, and when it was. */
export interface TimedOccurrence {
  readonly unixMs: number;
  readonly occurrence: DurableEvent;
}

/** Who came and went later than `afterMs` and not later than `untilMs`, oldest first. A pure function. */
export function demoLoginsBetween(
  seed: number,
  afterMs: number,
  untilMs: number,
): readonly TimedOccurrence[] {
  const visits = incidentsBetween(openNoise(seed), [visit, attack], afterMs, untilMs).flatMap(
    (incident) => incident.visits ?? [],
  );
  return visits
    .flatMap(({ startMs, endMs, ...payload }): readonly TimedOccurrence[] => [
      { unixMs: startMs, occurrence: { type: 'user-login', payload } },
      { unixMs: endMs, occurrence: { type: 'user-logout', payload } },
    ])
    .filter(({ unixMs }) => unixMs > afterMs && unixMs <= untilMs)
    .sort((a, b) => a.unixMs - b.unixMs);
}
