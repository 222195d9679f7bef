import type { Rule } from '@/lib/protocol/alerting';
import { summaryTransition } from './crowd';
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
      isPublished: series.isPublished,
      since: standing.since,
      t: host.clock.lastT ?? standing.since,
    });
  }
  for (const host of state.hosts.values()) {
    for (const crowd of host.crowds.values()) {
      if (!changed.has(crowd.rule.id) || !crowd.summary) continue;
      const t = host.clock.lastT ?? crowd.summary.since;
      transitions.push(summaryTransition(host, crowd, crowd.summary, 'resolved', t, 'rule-changed'));
    }
  }
  const snapshot = JSON.parse(JSON.stringify(snapshotOf(state))) as Snapshot;
  const kept: Snapshot = {
    hosts: snapshot.hosts.map((host) => ({
      ...host,
      summaries: (host.summaries ?? []).filter(([ruleId]) => !changed.has(ruleId)),
      series: host.series.map((series) => ({
        ...series,
        watches: series.watches.filter(({ ruleId }) => !changed.has(ruleId)),
      })),
    })),
  };
  return { state: restore(rules, kept), transitions };
}
