import { isSampleType } from '@/lib/protocol/event-types';
import { isPattern } from '@/lib/protocol/metric-pattern';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import { poolMembersOf, setHeldBack, updateSummaries } from './alert-group';
import { advance, begin, end, observe, type StepTime } from './alert-instance';
import { alertIdOf, applyStep } from './apply-step';
import { assess } from './condition';
import { advanceClock } from './evaluation-clock';
import {
  type AlertInstance,
  type EvaluationState,
  type EvaluationTime,
  type HostState,
  newHost,
  pruneEveryMs,
  type Series,
  type Transition,
} from './evaluation-state';
import { absenceMs, dueAt, forgetMs, heldBackRetryMs, staleAtLeastMs, timeStepOf } from './instance-schedule';
import { drivesClock, eachValue, recordLogin, type ValueContext } from './metric-values';
import { acceptsSource, addSeries, expectMetrics, prune } from './series';

const hostsMax = 10_000;

/**
 * The transitions that an event of the log causes. Depends on state and event alone: no clock, no randomness, no I/O.
 * Changes the state in place, since a copy for each event would cost more than the rest.
 */
export function evaluate(state: EvaluationState, event: LoggedEvent): readonly Transition[] {
  // Login addresses are recorded even while no rule needs them, since one may be added later.
  const isEvaluated = event.type === 'user-login' || state.index.mayConcern(event.type);
  const drives = drivesClock(event.type);
  if (!drives && !isEvaluated && !isSampleType(event.type)) return [];
  const host = hostOf(state, event.host);
  if (!host) return [];
  const transitions: Transition[] = [];
  if (drives || !host.isSampled) advanceTo(state, host, event, transitions);
  host.isSampled ||= drives;
  const now = evaluationTimeOf(host, event);
  if (isEvaluated) observeEvent(state, host, event, now, transitions);
  if (host.changedGroups.size > 0) updateSummaries(host, now, transitions);
  return transitions.map((transition) => withPoolMembers(host, transition));
}

function hostOf({ hosts, budget }: EvaluationState, name: string): HostState | null {
  const known = hosts.get(name);
  if (known || hosts.size >= hostsMax) return known ?? null;
  const host = newHost(name, budget);
  hosts.set(name, host);
  return host;
}

/** At a new timestamp, all events of the last one have been seen: time is advanced up to that first. */
function advanceTo(
  state: EvaluationState,
  host: HostState,
  { t, seq }: LoggedEvent,
  into: Transition[],
): void {
  const { lastT, watchedMs } = host.clock;
  if (t === lastT) return;
  if (lastT !== null) advanceTime(host, { at: watchedMs, t: lastT, seq }, into);
  host.clock = advanceClock(host.clock, t);
  if (lastT === null) expectMetrics(state, host);
}

/** Events of the host's sampler drive the clock; others may have any `t`, which counts when it is near the sampler's. */
function evaluationTimeOf({ clock }: HostState, { t, seq }: LoggedEvent): EvaluationTime {
  const { lastT, watchedMs, usualMs } = clock;
  const after = lastT === null ? 0 : t - lastT;
  if (after > 0 && after <= 3 * usualMs) return { at: watchedMs + after, t, seq };
  return { at: watchedMs, t: lastT ?? t, seq };
}

function observeEvent(
  state: EvaluationState,
  host: HostState,
  event: LoggedEvent,
  now: EvaluationTime,
  transitions: Transition[],
): void {
  eachValue(
    event,
    (address, t) => recordLogin(host.loginAddresses, address, t),
    (metric, value, context, isPublished) => {
      const series = host.series.get(metric) ?? addSeries(state, host, metric, { isPublished, now });
      if (!series || !acceptsSource(host, series, isPublished, now.at)) return;
      series.pool = context?.pool ?? null;
      observeValue(host, series, value, context, now, transitions);
    },
  );
}

function observeValue(
  host: HostState,
  series: Series,
  given: number | null,
  context: ValueContext | undefined,
  now: EvaluationTime,
  into: Transition[],
): void {
  const value = finiteOrNull(given);
  const clock = { watchedMs: now.at, skippedMs: host.clock.skippedMs };
  for (const instance of series.instances) {
    const { result, value: compared, threshold } = assess(instance, value, context, clock);
    const before = instance.status;
    // The most frequent case by far.
    if (before.phase === 'inactive' && result !== 'breach') {
      if (instance.heldBack !== null && value !== null) setHeldBack(host, instance, null);
      continue;
    }
    if (instance.rule.comparison === 'absent' && value === null) continue;
    if (result !== 'unknown') {
      instance.value = finiteOrNull(compared);
      instance.threshold = threshold;
    }
    const forMs = instance.rule.forSeconds * 1000;
    const step = observe(before, { ...stepTime(host, instance, now), result, forMs });
    applyStep(host, instance, step, now.t, into);
  }
  if (value !== null) noteValue(series, now);
}

function noteValue(series: Series, { at, t }: EvaluationTime): void {
  if (series.hasValue && at > series.seenAt) {
    series.usualMs = Math.min(Math.max(at - series.seenAt, series.usualMs * 0.9), forgetMs);
  }
  series.seenAt = at;
  series.seenT = t;
  series.hasValue = true;
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

const stepTime = (host: HostState, instance: AlertInstance, { at, t, seq }: EvaluationTime): StepTime => ({
  at,
  t,
  newAlertId: (since) => alertIdOf(host, instance, since, seq),
});

/** Which other mounts an alert of a storage pool covers is known only after the whole event. */
function withPoolMembers(host: HostState, transition: Transition): Transition {
  if (!transition.shared) return transition;
  const instances = host.series.get(transition.metric)?.instances ?? [];
  const instance = instances.find(({ rule }) => rule.id === transition.rule.id);
  return instance ? { ...transition, shared: poolMembersOf(host, instance) } : transition;
}

/** Advances the alerts of a host that time alone may change. */
function advanceTime(host: HostState, now: EvaluationTime, into: Transition[]): void {
  if (now.at >= host.nextDueAt) {
    // A lower bound for later additions: nothing becomes stale sooner.
    host.nextDueAt = now.at + staleAtLeastMs;
    for (const instance of [...host.timed].sort(byName)) {
      advanceInstance(host, instance, now, into);
      if (!host.timed.has(instance)) continue;
      // An instance that was due and did not change is tried again on the next tick.
      const least = now.at + (instance.heldBack === null ? 1 : heldBackRetryMs);
      host.nextDueAt = Math.min(host.nextDueAt, Math.max(dueAt(instance, now.at), least));
    }
  }
  if (now.at >= host.nextPruneAt) {
    host.nextPruneAt = now.at + pruneEveryMs;
    prune(host, now.at);
  }
}

/** An order that a restart does not change. */
function byName(one: AlertInstance, other: AlertInstance): number {
  const [first, second] = [one.series.metric, other.series.metric];
  if (first !== second) return first < second ? -1 : 1;
  return one.rule.id < other.rule.id ? -1 : 1;
}

function advanceInstance(
  host: HostState,
  instance: AlertInstance,
  now: EvaluationTime,
  into: Transition[],
): void {
  const time = stepTime(host, instance, now);
  if (instance.rule.comparison === 'absent') advanceAbsence(host, instance, time, into);
  else {
    const step = advance(instance.status, { ...time, ...timeStepOf(instance, now.at) });
    applyStep(host, instance, step, now.t, into);
  }
}

function advanceAbsence(host: HostState, instance: AlertInstance, time: StepTime, into: Transition[]): void {
  const { rule, series, status } = instance;
  const { at, t } = time;
  const silentMs = at - series.seenAt;
  const absence = absenceMs(instance);
  const isAbsent = absence !== null && silentMs >= absence;
  if (isAbsent) {
    instance.value = null;
    instance.threshold = rule.threshold;
  }
  if (status.phase === 'inactive') {
    if (isAbsent) applyStep(host, instance, begin(status, 0, series.seenT, time), t, into);
  } else if (silentMs >= forgetMs && isPattern(rule.metric)) {
    applyStep(host, instance, end(status, 'gone'), t, into);
  } else if (status.clearAt !== null) {
    // It flaps: the metric is back and must stay for a while, or has gone once more.
    const step = isAbsent
      ? { status: { ...status, clearAt: null }, change: null }
      : advance(status, { ...time, ...timeStepOf(instance, at), silentMs: 0 });
    applyStep(host, instance, step, t, into);
  }
}
