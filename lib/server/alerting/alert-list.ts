import type { AlertState, Process } from '@/lib/protocol/alerting';
import type { StoredAlert } from './alert-tables';
import type { Transition } from './evaluation-state';

/** Alerts that are on, and the latest that have ended. */
export interface AlertList {
  get(alertId: string): StoredAlert | undefined;
  /** The newest first. */
  inStates(states: readonly AlertState[]): StoredAlert[];
  all(): StoredAlert[];
  put(alert: StoredAlert): void;
  /** Forgets the oldest that have ended, and says which. */
  trim(): string[];
}

/** As many that have ended are kept, of the host's own and of published metrics each; the log has their transitions for longer. */
const endedMax = 500;

/** Whether an alert is about what programs publish, and not about the host's own. */
export const isOfPublished = ({ condition }: Pick<StoredAlert, 'condition'>): boolean =>
  condition?.origin === 'published';

export function createAlertList(): AlertList {
  const alerts = new Map<string, StoredAlert>();
  return {
    get: (alertId) => alerts.get(alertId),
    inStates: (states) =>
      [...alerts.values()]
        .filter(({ state }) => states.includes(state))
        .sort((one, other) => other.changedAt - one.changedAt),
    all: () => [...alerts.values()],
    put(alert) {
      alerts.delete(alert.alertId);
      alerts.set(alert.alertId, alert);
    },
    trim() {
      const ended = [...alerts.values()].filter(({ state }) => state === 'resolved');
      const gone = [true, false].flatMap((published) => {
        const those = ended.filter((alert) => isOfPublished(alert) === published);
        return those.slice(0, Math.max(0, those.length - endedMax)).map(({ alertId }) => alertId);
      });
      for (const alertId of gone) alerts.delete(alertId);
      return gone;
    },
  };
}

/** An alert after a transition; what people did to it stays. */
export function alertAfter(
  before: StoredAlert | undefined,
  transition: Transition,
  message: string,
  culprits: readonly Process[],
): StoredAlert {
  const { alertId, host, rule, metric, state, value, threshold, since, t, shared, more } = transition;
  return {
    alertId,
    ruleId: rule.id,
    host,
    name: rule.name,
    metric,
    severity: rule.severity,
    state,
    value,
    threshold,
    since,
    changedAt: t,
    message,
    condition: {
      comparison: rule.comparison,
      forSeconds: rule.forSeconds,
      reason: transition.reason,
      flapping: transition.isFlapping,
      ...(shared && shared.metrics.length > 1
        ? { shared: { pool: shared.pool, count: shared.metrics.length } }
        : {}),
      ...(more ? { more: more.count } : {}),
      ...(transition.isPublished ? { origin: 'published' as const } : {}),
    },
    acknowledgedAt: before?.acknowledgedAt ?? null,
    culprits: [...culprits],
  };
}
