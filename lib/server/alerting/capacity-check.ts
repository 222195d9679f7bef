import type { NewRule } from '@/lib/protocol/alerting';
import { matchesPattern } from '@/lib/protocol/metric-pattern';
import type { EvaluationState } from './evaluation-state';
import { mayBePublished, unitsLeft, unitsOf, unitsOfAll } from './instance-units';
import { publishedSeriesMax } from './series';

/** Why there is no capacity for a rule, new or changed; `null` when there is. */
export function ruleRefusal({ hosts, budget, rules }: EvaluationState, rule: NewRule): string | null {
  if (!rule.enabled) return null;
  const before = rules.find(({ id, enabled }) => enabled && id === rule.id);
  const whole = { ...rule, id: rule.id ?? '' };
  let published = 0;
  let own = 0;
  for (const { series } of hosts.values()) {
    for (const [metric, one] of series) {
      if (!matchesPattern(rule.metric, metric)) continue;
      const units = unitsOf(whole) - (before && matchesPattern(before.metric, metric) ? unitsOf(before) : 0);
      if (one?.isPublished ?? mayBePublished(metric)) published += units;
      else own += units;
    }
  }
  const left = Math.max(0, unitsLeft(budget, false));
  const leftForPublished = Math.max(0, unitsLeft(budget, true));
  if (published <= leftForPublished && published + own <= left) return null;
  return `takes ${published + own} alert instances on the metrics that are there, and there is room for ${Math.min(left, leftForPublished)} more: name fewer metrics, or delete a rule`;
}

/** The new ones of these metrics that rules match but for which there is no capacity. */
export function metricsWithoutCapacity(
  { hosts, budget, index }: EvaluationState,
  metrics: readonly string[],
): readonly string[] {
  const known = [...hosts.values()].map(({ series }) => series);
  let left = unitsLeft(budget, true);
  let places = publishedSeriesMax - Math.max(0, ...known.map(({ size }) => size));
  return metrics.filter((metric) => {
    if (known.some((series) => series.has(metric))) return false;
    const units = unitsOfAll(index.rulesOn(metric));
    if (units === 0) return false;
    left -= units;
    places -= 1;
    return left < 0 || places < 0;
  });
}
