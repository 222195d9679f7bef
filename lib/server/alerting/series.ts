import type { Rule } from '@/lib/protocol/alerting';
import { isPattern } from '@/lib/protocol/metric-pattern';
import { setHeldBack, setPublished } from './alert-group';
import { inactive } from './alert-instance';
import type { AlertInstance, EvaluationState, EvaluationTime, HostState, Series } from './evaluation-state';
import { forgetMs, schedule } from './instance-schedule';
import { countUnits, giveUnitsBack, isExhausted, mayBePublished, refuse, takeUnits } from './instance-units';

export const seriesMax = 20_000;
/** The most published ones: the rest is for the host's own. */
export const publishedSeriesMax = 16_000;
const sweepEveryMs = 60_000;

/** Series for rules on metrics that may never come: their absence counts from the host's first event. */
export function expectMetrics(state: EvaluationState, host: HostState): void {
  const now = { at: host.clock.watchedMs, t: host.clock.lastT ?? 0, seq: 0 };
  for (const { metric } of state.index.expected) {
    // Its first value shows whether it is published.
    if (!host.series.get(metric))
      addSeries(state, host, metric, { isPublished: mayBePublished(metric), now });
  }
}

/** The series of a new metric; `null` when no rule matches it, or there is no capacity for it. */
export function addSeries(
  state: EvaluationState,
  host: HostState,
  metric: string,
  { isPublished, now }: { readonly isPublished: boolean; readonly now: EvaluationTime },
): Series | null {
  if (host.series.has(metric)) return null;
  const sizeMax = isPublished ? publishedSeriesMax : seriesMax;
  if (host.series.size >= sizeMax && !freeCapacity(host, sizeMax, now.at)) {
    refuse(state.budget, metric);
    return null;
  }
  const rules = isExhausted(state.budget, isPublished) ? [] : state.index.rulesOn(metric);
  if (rules.length === 0 || !takeUnits(state.budget, { metric, isPublished }, rules)) {
    host.series.set(metric, null);
    return null;
  }
  const series: Series = {
    metric,
    isPublished,
    pool: null,
    seenAt: now.at,
    seenT: now.t,
    usualMs: 0,
    hasValue: false,
    instances: [],
  };
  host.series.set(metric, series);
  for (const rule of rules) addInstance(host, series, rule);
  return series;
}

/** Forgets metrics that no rule matches, once a minute at most; whether another one fits now. */
function freeCapacity(host: HostState, most: number, at: number): boolean {
  if (at < host.nextSweepAt) return false;
  host.nextSweepAt = at + sweepEveryMs;
  for (const [name, series] of host.series) if (!series) host.series.delete(name);
  return host.series.size < most;
}

/** The series' units are taken already. */
export function addInstance(host: HostState, series: Series, rule: Rule): AlertInstance {
  const instance: AlertInstance = {
    rule,
    series,
    status: inactive,
    value: null,
    threshold: null,
    points: null,
    heldBack: null,
    announcedPool: null,
  };
  series.instances.push(instance);
  if (rule.comparison === 'absent') schedule(host, instance);
  return instance;
}

/** Whether values of this source count. The host's own metric cannot be published by a program until it is forgotten. */
export function acceptsSource(host: HostState, series: Series, isPublished: boolean, at: number): boolean {
  if (series.isPublished === isPublished) return true;
  if (isPublished && at - series.seenAt < forgetMs) return false;
  const rules = series.instances.map(({ rule }) => rule);
  giveUnitsBack(host.budget, series, rules);
  setPublished(host, series, isPublished);
  countUnits(host.budget, series, rules);
  return true;
}

/** Forgets metrics that are gone: a container, a volume, a sensor. */
export function prune(host: HostState, at: number): void {
  let hasFreed = false;
  for (const [metric, series] of host.series) {
    if (!series || at - series.seenAt < forgetMs || isNeeded(series)) continue;
    for (const instance of series.instances) {
      host.timed.delete(instance);
      setHeldBack(host, instance, null);
    }
    const rules = series.instances.map(({ rule }) => rule);
    giveUnitsBack(host.budget, series, rules);
    hasFreed = true;
    host.series.delete(metric);
  }
  if (!hasFreed) return;
  // Metrics that were refused are tried again with their next value.
  for (const metric of host.budget.refused) if (host.series.get(metric) === null) host.series.delete(metric);
  host.budget.refused.clear();
}

function isNeeded({ instances }: Series): boolean {
  return instances.some(
    ({ rule, status }) =>
      status.phase !== 'inactive' || (rule.comparison === 'absent' && !isPattern(rule.metric)),
  );
}
