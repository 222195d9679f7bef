import type { Alert } from '@/lib/protocol/alerting';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import type { SystemAlert } from '@/lib/protocol/payloads';

/** Published alerts count as firing for so long: programs may never resolve them. */
const publishedFiringMs = 5 * 60_000;
/** The most alerts that are listed at once. */
export const firingMax = 500;
const isOfRule = ({ kind, origin }: Pick<SystemAlert, 'kind' | 'origin'>) =>
  kind === 'rule' && origin === undefined;

/** The firing alerts after a change of one, by their ids. */
export function firingAfter(
  before: ReadonlyMap<string, FiringAlert>,
  event: SystemAlert,
): ReadonlyMap<string, FiringAlert> {
  const known = before.get(event.alertId);
  if (known && known.t > event.t) return before;
  const isIncident = !isOfRule(event) && event.since === event.t && event.severity !== 'info';
  const isOn = event.state === 'firing' || (event.state === 'resolved' && !known && isIncident);
  if (!isOn && !known) return before;
  const after = new Map(before);
  if (isOn) {
    after.delete(event.alertId);
    after.set(event.alertId, event);
    // Alerts of rules are few, by the server; programs may publish any number.
    const oldest = after.size > firingMax ? [...after.values()].find((one) => !isOfRule(one)) : undefined;
    if (after.size > firingMax) after.delete(oldest?.alertId ?? after.keys().next().value ?? '');
  }
  if (!isOn) after.delete(event.alertId);
  return after;
}

/** Those of them that still count at `now` (Unix ms), the oldest first. */
export function stillFiring(alerts: Iterable<FiringAlert>, now: number): readonly FiringAlert[] {
  return [...alerts]
    .filter((alert) => isOfRule(alert) || now - alert.t < publishedFiringMs)
    .sort((one, other) => one.since - other.since);
}

/**
 * The firing alerts of rules, as the bell counts them: silenced ones have the severity `info`.
 */
export function firingOf(alerts: readonly Alert[]): readonly FiringAlert[] {
  return alerts
    .filter(({ state }) => state === 'firing')
    .map((alert) => ({
      ...alert,
      t: alert.changedAt,
      kind: 'rule' as const,
      severity: alert.silencedUntil === null ? alert.severity : 'info',
    }));
}

/** The same alerts, those of rules as `ruled` has them, with acknowledgements and silences. */
export function withRuleAlerts(
  firing: Iterable<FiringAlert>,
  ruled: readonly FiringAlert[] | null,
): readonly FiringAlert[] {
  return ruled === null ? [...firing] : [...ruled, ...[...firing].filter((alert) => !isOfRule(alert))];
}

/** The most alerts without a rule that are listed. */
const listedMax = 100;

/** The alerts without a rule that still count at `now` (Unix ms), the newest first. */
export function firingWithoutRule(alerts: Iterable<FiringAlert>, now: number): readonly FiringAlert[] {
  return stillFiring(withRuleAlerts(alerts, []), now)
    .toSorted((one, other) => other.t - one.t)
    .slice(0, listedMax);
}
