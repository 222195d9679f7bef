import type { Process } from '@/lib/protocol/alerting';
import { type SystemAlert, systemAlertSchema } from '@/lib/protocol/payloads';
import type { EventLog, LoggedEvent, NewEvent } from '@/lib/server/event-log/event-log';
import type { StoredAlert } from './alert-tables';
import type { Transition } from './evaluation-state';

const longestMetric = 256;

/** A transition as the log and the feed have it. */
export function eventOf(alert: StoredAlert): NewEvent {
  const {
    alertId,
    ruleId,
    host,
    name,
    metric,
    severity,
    state,
    value,
    threshold,
    since,
    message,
    condition,
  } = alert;
  const payload: SystemAlert = {
    t: alert.changedAt,
    host,
    alertId,
    ruleId,
    name,
    kind: 'rule',
    severity,
    state,
    metric: metric.slice(0, longestMetric),
    value,
    threshold,
    since,
    message,
    condition: condition ?? null,
    culprits: alert.culprits,
  };
  return { type: 'system-alert', host, t: payload.t, json: JSON.stringify(payload) };
}

/** A transition's identity: the same on every replay of the same log. */
export function identityOf({ alertId, state }: Pick<Transition, 'alertId' | 'state'>): string {
  return `${alertId} ${state}`;
}

const chunk = 1_000;

/** The transitions that the log holds after a seq, by identity, with the processes that were frozen into them. */
export async function announcedAfter(
  log: EventLog,
  afterSeq: number,
): Promise<Map<string, readonly Process[]>> {
  const found = new Map<string, readonly Process[]>();
  const toSeq = log.headSeq;
  for (let seq = afterSeq; seq < toSeq; ) {
    const events = await log.readDurable(seq, toSeq, chunk);
    for (const event of events) {
      const alert = event.type === 'system-alert' ? parsed(event) : null;
      if (alert) found.set(identityOf(alert), alert.culprits);
    }
    seq = events.length < chunk ? toSeq : (events.at(-1)?.seq ?? toSeq);
  }
  return found;
}

function parsed({ json }: LoggedEvent) {
  const result = systemAlertSchema.safeParse(JSON.parse(json));
  const isOwn = result.success && result.data.kind === 'rule' && result.data.origin === undefined;
  return isOwn ? result.data : null;
}
