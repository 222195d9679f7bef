import type { SystemAlert } from '@/lib/protocol/payloads';
import type { Alerts } from './alerting/alerts';
import type { Mute } from './notifications/notifiable';

/** Why people are not to be told of an alert at this moment, by what they said on the page of alerts. */
export function muteOf(alerts: Pick<Alerts, 'alert' | 'silencedUntil'>, alert: SystemAlert): Mute {
  const { alertId, ruleId, metric, severity, host } = alert;
  const asMatched = { ruleId: ruleId ?? '', metric: metric ?? '', severity, host };
  if (alerts.silencedUntil(asMatched) !== null) return 'silenced';
  const isAcknowledged = (alerts.alert(alertId)?.acknowledgedAt ?? null) !== null;
  return isAcknowledged ? 'acknowledged' : null;
}
