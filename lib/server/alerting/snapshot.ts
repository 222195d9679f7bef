import type { Rule } from '@/lib/protocol/alerting';
import { hasHeld, noteAnnounced, restoreSummary, setHeldBack } from './alert-group';
import { type InstanceStatus, inactive } from './alert-instance';
import type { EvaluationClock } from './evaluation-clock';
import {
  type AlertGroup,
  type EvaluationState,
  type HostState,
  newHost,
  newState,
  type Series,
} from './evaluation-state';
import { isExhausted, mayBePublished, takeUnits } from './instance-units';
import { addInstance, expectMetrics, seriesMax } from './series';
import type { Points } from './trend';

/** Stored as JSON: its keys are those of every version. */
interface InstanceSnapshot {
  readonly ruleId: string;
  readonly standing?: InstanceStatus;
  readonly value?: number | null;
  readonly threshold?: number | null;
  readonly points?: Points;
  readonly isHeld?: true;
}

interface SeriesSnapshot extends Pick<Series, 'metric' | 'seenAt' | 'seenT' | 'usualMs' | 'hasValue'> {
  readonly watches: readonly InstanceSnapshot[];
  /** Missing in snapshots of versions that did not distinguish the host's sensors from published ones. */
  readonly isPublished?: boolean;
  /** Missing in snapshots of versions without pools. */
  readonly pool?: string | null;
}

interface HostSnapshot {
  readonly host: string;
  readonly clock: EvaluationClock;
  readonly isSampled: boolean;
  readonly nextPruneAt: number;
  readonly known: readonly (readonly [address: string, firstT: number])[];
  readonly series: readonly SeriesSnapshot[];
  /** The summary alerts that fire, by rule; missing where there are none. Those of an older version have no source. */
  readonly summaries?: readonly (readonly [
    ruleId: string,
    summary: NonNullable<AlertGroup['summary']>,
    isPublished?: boolean,
  ])[];
}

/** The state as JSON. Rules are stored separately. */
export interface Snapshot {
  readonly hosts: readonly HostSnapshot[];
}

/** It shares objects that change in place with the state: serialise it at once. */
export function snapshotOf(state: EvaluationState): Snapshot {
  return {
    hosts: [...state.hosts.values()].map(
      ({ host, clock, isSampled, nextPruneAt, loginAddresses, series, groups }) => ({
        host,
        clock,
        isSampled,
        nextPruneAt,
        known: [...loginAddresses],
        series: [...series.values()].filter((one) => one !== null).map(seriesSnapshot),
        ...summariesOf(groups),
      }),
    ),
  };
}

function summariesOf(groups: ReadonlyMap<string, AlertGroup>): Pick<HostSnapshot, 'summaries'> {
  const summaries = [...groups.values()].flatMap(({ rule, summary, isPublished }) =>
    summary ? ([[rule.id, summary, isPublished]] as const) : [],
  );
  return summaries.length > 0 ? { summaries } : {};
}

function seriesSnapshot(series: Series): SeriesSnapshot {
  const { metric, isPublished, pool, seenAt, seenT, usualMs, hasValue, instances } = series;
  return {
    metric,
    isPublished,
    seenAt,
    seenT,
    usualMs,
    hasValue,
    ...(pool === null ? {} : { pool }),
    watches: instances
      .filter(({ status, points, heldBack }) => status !== inactive || points || heldBack === 'group')
      .map(({ rule, status, value, threshold, points, heldBack }) => ({
        ruleId: rule.id,
        ...(status === inactive ? {} : { standing: status, value, threshold }),
        ...(points ? { points } : {}),
        ...(heldBack === 'group' ? { isHeld: true as const } : {}),
      })),
  };
}

/** The state that a snapshot was taken of, under the present rules. Metrics that they do not match are left out. */
export function restore(rules: readonly Rule[], { hosts }: Snapshot): EvaluationState {
  const state = newState(rules);
  for (const snapshot of hosts) {
    const host: HostState = {
      ...newHost(snapshot.host, state.budget),
      clock: snapshot.clock,
      isSampled: snapshot.isSampled,
      nextPruneAt: snapshot.nextPruneAt,
      nextDueAt: 0,
      loginAddresses: new Map(snapshot.known),
    };
    state.hosts.set(host.host, host);
    for (const series of snapshot.series) restoreSeries(state, host, series);
    restoreSummaries(state, host, snapshot);
    if (host.clock.lastT !== null) expectMetrics(state, host);
  }
  return state;
}

function restoreSummaries(
  { rules }: EvaluationState,
  host: HostState,
  { summaries = [] }: HostSnapshot,
): void {
  for (const [ruleId, summary, source] of summaries) {
    const rule = rules.find(({ id }) => id === ruleId);
    if (!rule) continue;
    restoreSummary(host, rule, source ?? hasHeld(host, rule, true), summary);
  }
}

/** Leaves out series beyond the bounds, which a snapshot of an older version may have. */
function restoreSeries(
  { index, budget }: EvaluationState,
  host: HostState,
  { watches, pool = null, ...rest }: SeriesSnapshot,
): void {
  const { metric, isPublished = mayBePublished(metric) } = rest;
  if (host.series.size >= seriesMax || isExhausted(budget, isPublished)) return;
  const rules = index.rulesOn(metric);
  if (rules.length === 0 || !takeUnits(budget, { metric, isPublished }, rules)) return;
  const series: Series = { ...rest, isPublished, pool, instances: [] };
  host.series.set(metric, series);
  const saved = new Map(watches.map((one) => [one.ruleId, one]));
  for (const rule of rules) {
    const instance = addInstance(host, series, rule);
    const { standing, value = null, threshold = null, points, isHeld } = saved.get(rule.id) ?? {};
    instance.points = points ?? null;
    if (standing) Object.assign(instance, { status: standing, value, threshold });
    if (instance.status.phase !== 'inactive') host.timed.add(instance);
    if (instance.status.isAnnounced && instance.status.phase !== 'inactive')
      noteAnnounced(host, instance, true);
    if (isHeld) setHeldBack(host, instance, 'group');
  }
}
