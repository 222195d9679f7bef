import type { DurableEvent } from '@/lib/server/collectors/host';
import { passwordAttack, sshSession } from './login-incidents';
import { openNoise } from './noise';
import { incidentsBetween } from './schedule';

/** A login or logout with its time. */
export interface TimedLoginEvent {
  readonly unixMs: number;
  readonly event: DurableEvent;
}

/** Logins and logouts later than `afterMs` and not later than `untilMs`, oldest first. A pure function. */
export function demoLoginsBetween(
  seed: number,
  afterMs: number,
  untilMs: number,
): readonly TimedLoginEvent[] {
  const sessions = incidentsBetween(openNoise(seed), [sshSession, passwordAttack], afterMs, untilMs).flatMap(
    (incident) => incident.logins ?? [],
  );
  return sessions
    .flatMap(({ startMs, endMs, ...payload }): readonly TimedLoginEvent[] => [
      { unixMs: startMs, event: { type: 'user-login', payload } },
      { unixMs: endMs, event: { type: 'user-logout', payload } },
    ])
    .filter(({ unixMs }) => unixMs > afterMs && unixMs <= untilMs)
    .sort((a, b) => a.unixMs - b.unixMs);
}
