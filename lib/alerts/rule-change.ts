import type { Rule } from '@/lib/events/alerting';
import { type AlertsState, activeWatches, type Transition } from './evaluate';
import { judgesAlike, restore, type Snapshot, snapshotOf } from './snapshot';

/**
 * The state under other rules. Alerts of rules that judge as before go on, those of others end. The state given
 * stays as it is.
 */
export function withRules(
  state: AlertsState,
  rules: readonly Rule[],
): { readonly state: AlertsState; readonly transitions: readonly Transition[] } {
  const next = new Map(rules.map((rule) => [rule.id, rule]));
  const changed = new Set(
    state.rules
      .filter((rule) => {
        const other = next.get(rule.id);
        return !other || !judgesAlike(rule, other);
      })
      .map(({ id }) => id),
  );
  const transitions: Transition[] = [];
  for (const { host, watch } of activeWatches(state)) {
    const { rule, standing, series } = watch;
    if (!changed.has(rule.id) || !standing.isAnnounced) continue;
    transitions.push({
      alertId: standing.alertId ?? '',
      host: host.host,
      metric: series.metric,
      rule,
      state: 'resolved',
      reason: 'rule-changed',
      isFlapping: false,
      value: watch.value,
      threshold: watch.threshold,
      since: standing.since,
      t: host.clock.lastT ?? standing.since,
    });
  }
  const snapshot = JSON.parse(JSON.stringify(snapshotOf(state))) as Snapshot;
  const kept: Snapshot = {
    hosts: snapshot.hosts.map((host) => ({
      ...host,
      series: host.series.map((series) => ({
        ...series,
        watches: series.watches.filter(({ ruleId }) => !changed.has(ruleId)),
      })),
    })),
  };
  return { state: restore(rules, kept), transitions };
}
