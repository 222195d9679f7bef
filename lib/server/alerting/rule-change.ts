import type { Rule } from '@/lib/protocol/alerting';
import { summaryTransition } from './alert-group';
import { activeInstances, type EvaluationState, type Transition } from './evaluation-state';
import { restore, type Snapshot, snapshotOf } from './snapshot';

/**
 * The state under other rules, and the transitions that end alerts of rules whose condition has changed. The given state is
 * not modified.
 */
export function withRules(
  state: EvaluationState,
  rules: readonly Rule[],
): { readonly state: EvaluationState; readonly transitions: readonly Transition[] } {
  const next = new Map(rules.map((rule) => [rule.id, rule]));
  const changed = new Set(
    state.rules
      .filter((rule) => {
        const other = next.get(rule.id);
        return !other || !hasSameCondition(rule, other);
      })
      .map(({ id }) => id),
  );
  const transitions: Transition[] = [];
  for (const { host, instance } of activeInstances(state)) {
    const { rule, status, series } = instance;
    if (!changed.has(rule.id) || !status.isAnnounced) continue;
    transitions.push({
      alertId: status.alertId ?? '',
      host: host.host,
      metric: series.metric,
      rule,
      state: 'resolved',
      reason: 'rule-changed',
      isFlapping: false,
      value: instance.value,
      threshold: instance.threshold,
      isPublished: series.isPublished,
      since: status.since,
      t: host.clock.lastT ?? status.since,
    });
  }
  for (const host of state.hosts.values()) {
    for (const group of host.groups.values()) {
      if (!changed.has(group.rule.id) || !group.summary) continue;
      const t = host.clock.lastT ?? group.summary.since;
      transitions.push(summaryTransition(host, group, group.summary, 'resolved', t, 'rule-changed'));
    }
  }
  const snapshot = JSON.parse(JSON.stringify(snapshotOf(state))) as Snapshot;
  const unchanged: Snapshot = {
    hosts: snapshot.hosts.map((host) => ({
      ...host,
      summaries: (host.summaries ?? []).filter(([ruleId]) => !changed.has(ruleId)),
      series: host.series.map((series) => ({
        ...series,
        watches: series.watches.filter(({ ruleId }) => !changed.has(ruleId)),
      })),
    })),
  };
  return { state: restore(rules, unchanged), transitions };
}

/** Whether an alert of the one goes on under the other. */
function hasSameCondition(one: Rule, other: Rule): boolean {
  return (
    one.metric === other.metric &&
    one.comparison === other.comparison &&
    one.threshold === other.threshold &&
    one.clearThreshold === other.clearThreshold &&
    one.forSeconds === other.forSeconds &&
    one.enabled === other.enabled &&
    // The severity chooses between a sensor's own limits.
    (one.threshold !== null || one.severity === other.severity)
  );
}
