import type { Alert, AlertState, Process, Silence } from '@/lib/protocol/alerting';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { StoredAlert } from './alert-tables';
import type { Transition } from './evaluation-state';
import { activeSilences, type MatchedAlert, silencedBy, silencedUntil } from './silences';

/** As many resolved alerts are kept, of the host's own and of published metrics each; the log has their transitions for longer. */
const resolvedMax = 500;

/** Whether an alert is about a metric that programs publish, and not about the host's own. */
const isOfPublished = ({ condition }: StoredAlert): boolean => condition?.origin === 'published';

export interface AlertListOptions {
  readonly clock: Clock;
  /** The present values of pending and firing alerts, by alert id. */
  readonly liveValues: () => ReadonlyMap<string, number | null>;
}

export interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Pending and firing alerts, the latest resolved ones, and the silences that apply to them. */
export class AlertList {
  readonly #options: AlertListOptions;
  /** In the order of their last change. */
  readonly #alerts = new Map<string, StoredAlert>();
  silences: readonly Silence[] = [];

  constructor(options: AlertListOptions) {
    this.#options = options;
  }

  get(alertId: string): StoredAlert | undefined {
    return this.#alerts.get(alertId);
  }

  all(): StoredAlert[] {
    return [...this.#alerts.values()];
  }

  put(alert: StoredAlert): void {
    this.#alerts.delete(alert.alertId);
    this.#alerts.set(alert.alertId, alert);
  }

  /** Drops the oldest resolved alerts beyond the bound; their ids. */
  trim(): string[] {
    const resolved = this.all().filter(({ state }) => state === 'resolved');
    const dropped = [true, false].flatMap((published) => {
      const those = resolved.filter((alert) => isOfPublished(alert) === published);
      return those.slice(0, Math.max(0, those.length - resolvedMax)).map(({ alertId }) => alertId);
    });
    for (const alertId of dropped) this.#alerts.delete(alertId);
    return dropped;
  }

  count(states: readonly AlertState[]): number {
    return this.#inStates(states).length;
  }

  /** The newest first. */
  list(states: readonly AlertState[], { limit, offset }: Page): Alert[] {
    return this.#inStates(states)
      .slice(offset, offset + limit)
      .map(this.#presenter());
  }

  /** The most urgent pending and firing ones, without processes; the host's own before published ones where not all fit. */
  active(limit: number): { readonly items: readonly Alert[]; readonly total: number } {
    const all = this.#inStates(['firing', 'pending']).sort(byUrgency);
    const own = all.filter((alert) => !isOfPublished(alert)).slice(0, limit);
    const published = all.filter(isOfPublished).slice(0, limit - own.length);
    const present = this.#presenter();
    const items = [...own, ...published]
      .sort(byUrgency)
      .map((alert) => ({ ...present(alert), culprits: [] }));
    return { items, total: all.length };
  }

  alert(alertId: string): Alert | null {
    const alert = this.get(alertId);
    return alert ? this.#presenter()(alert) : null;
  }

  silencedUntil(alert: MatchedAlert): number | null {
    return silencedUntil(this.silences, alert, this.#options.clock.wallMs());
  }

  #inStates(states: readonly AlertState[]): StoredAlert[] {
    return this.all()
      .filter(({ state }) => states.includes(state))
      .sort((one, other) => other.changedAt - one.changedAt);
  }

  /** Adds to alerts their present values and whether they are silenced now. */
  #presenter(): (alert: StoredAlert) => Alert {
    const values = this.#options.liveValues();
    const active = activeSilences(this.silences, this.#options.clock.wallMs());
    return (alert) => {
      const value = values.get(alert.alertId);
      return {
        ...alert,
        value: value === undefined ? alert.value : value,
        silencedUntil: silencedBy(active, alert),
      };
    };
  }
}

const stateRank = { firing: 0, pending: 1, resolved: 2 } as const;
const severityRank = { critical: 0, warning: 1, info: 2 } as const;

function byUrgency(one: StoredAlert, other: StoredAlert): number {
  return (
    stateRank[one.state] - stateRank[other.state] ||
    severityRank[one.severity] - severityRank[other.severity] ||
    other.changedAt - one.changedAt
  );
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
