import type { Alert, Severity } from '@/lib/protocol/alerting';
import { worstFirst } from './severity';

const stateRank = { firing: 0, pending: 1, resolved: 2 } as const;
const attentionRank = ({ silencedUntil, acknowledgedAt }: Alert) =>
  (silencedUntil === null ? 0 : 2) + (acknowledgedAt === null ? 0 : 1);

/** Pending and firing alerts: firing ones first, acknowledged and silenced ones later. */
export function activeFirst(alerts: readonly Alert[]): readonly Alert[] {
  return alerts
    .filter(({ state }) => state !== 'resolved')
    .sort(
      (one, other) =>
        stateRank[one.state] - stateRank[other.state] ||
        attentionRank(one) - attentionRank(other) ||
        worstFirst.indexOf(one.severity) - worstFirst.indexOf(other.severity) ||
        other.since - one.since ||
        one.alertId.localeCompare(other.alertId),
    );
}

/** The alerts that the bell counts. */
export function unsilencedFiring(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter(({ state, silencedUntil }) => state === 'firing' && silencedUntil === null);
}

export function worstOf(alerts: readonly Pick<Alert, 'severity'>[]): Severity | null {
  return worstFirst.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? null;
}
