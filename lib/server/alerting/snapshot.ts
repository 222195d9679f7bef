import type { Rule } from '@/lib/protocol/alerting';
import { inactive, type Standing } from './alert-instance';
import { isExhausted, mayBePublished, takeUnits } from './budget';
import { type Crowd, hasHeld, noteAnnounced, restoreSummary, setHeld } from './crowd';
import {
  type AlertsState,
  addWatch,
  expectMetrics,
  type HostState,
  newHost,
  newState,
  type Series,
  seriesMax,
  type Watch,
} from './evaluate';
import type { WatchClock } from './evaluation-clock';
import type { Points } from './trend';

interface WatchSnapshot {
  readonly ruleId: string;
  readonly standing?: Standing;
  readonly value?: number | null;
  readonly threshold?: number | null;
  readonly points?: Points;
  readonly isHeld?: true;
}

interface SeriesSnapshot extends Pick<Series, 'metric' | 'seenAt' | 'seenT' | 'usualMs' | 'hasValue'> {
  readonly watches: readonly WatchSnapshot[];
  /** Missing in those of an older Hostbeat, which did not tell a sensor of the host from a published one. */
  readonly isPublished?: boolean;
  /** Missing in those that were saved before there was one. */
  readonly pool?: string | null;
}

interface HostSnapshot {
  readonly host: string;
  readonly clock: WatchClock;
  readonly isSampled: boolean;
  readonly nextPruneAt: number;
  readonly known: readonly (readonly [address: string, firstT: number])[];
  readonly series: readonly SeriesSnapshot[];
  /** The summary alerts that fire, by rule; missing where there are none. Those of an older Hostbeat have no source. */
  readonly summaries?: readonly (readonly [
    ruleId: string,
    summary: NonNullable<Crowd['summary']>,
    isPublished?: boolean,
  ])[];
}

/** The state as JSON can hold it. Rules are kept apart. */
export interface Snapshot {
  readonly hosts: readonly HostSnapshot[];
}

/** It shares what changes in place with the state: make text of it at once. */
export function snapshotOf(state: AlertsState): Snapshot {
  return {
    hosts: [...state.hosts.values()].map(
      ({ host, clock, isSampled, nextPruneAt, known, series, crowds }) => ({
        host,
        clock,
        isSampled,
        nextPruneAt,
        known: [...known],
        series: [...series.values()].filter((one) => one !== null).map(seriesSnapshot),
        ...summariesOf(crowds),
      }),
    ),
  };
}

function summariesOf(crowds: ReadonlyMap<string, Crowd>): Pick<HostSnapshot, 'summaries'> {
  const summaries = [...crowds.values()].flatMap(({ rule, summary, isPublished }) =>
    summary ? ([[rule.id, summary, isPublished]] as const) : [],
  );
  return summaries.length > 0 ? { summaries } : {};
}

function seriesSnapshot(series: Series): SeriesSnapshot {
  const { metric, isPublished, pool, seenAt, seenT, usualMs, hasValue, watches } = series;
  return {
    metric,
    isPublished,
    seenAt,
    seenT,
    usualMs,
    hasValue,
    ...(pool === null ? {} : { pool }),
    watches: watches
      .filter(({ standing, points, hold }) => standing !== inactive || points || hold === 'crowd')
      .map(({ rule, standing, value, threshold, points, hold }) => ({
        ruleId: rule.id,
        ...(standing === inactive ? {} : { standing, value, threshold }),
        ...(points ? { points } : {}),
        ...(hold === 'crowd' ? { isHeld: true as const } : {}),
      })),
  };
}

/** The state that a snapshot was taken of, under the rules as they are now. What they do not watch is left out. */
export function restore(rules: readonly Rule[], { hosts }: Snapshot): AlertsState {
  const state = newState(rules);
  for (const snapshot of hosts) {
    const host: HostState = {
      ...newHost(snapshot.host, state.budget),
      clock: snapshot.clock,
      isSampled: snapshot.isSampled,
      nextPruneAt: snapshot.nextPruneAt,
      nextPassAt: 0,
      known: new Map(snapshot.known),
    };
    state.hosts.set(host.host, host);
    for (const series of snapshot.series) restoreSeries(state, host, series);
    restoreSummaries(state, host, snapshot);
    if (host.clock.lastT !== null) expectMetrics(state, host);
  }
  return state;
}

function restoreSummaries({ rules }: AlertsState, host: HostState, { summaries = [] }: HostSnapshot): void {
  for (const [ruleId, summary, source] of summaries) {
    const rule = rules.find(({ id }) => id === ruleId);
    if (!rule) continue;
    restoreSummary(host, rule, source ?? hasHeld(host, rule, true), summary);
  }
}

/** What there is no room for is left out: a start must not fail by what was there before a bound. */
function restoreSeries(
  { index, budget }: AlertsState,
  host: HostState,
  { watches, pool = null, ...rest }: SeriesSnapshot,
): void {
  const { metric, isPublished = mayBePublished(metric) } = rest;
  if (host.series.size >= seriesMax || isExhausted(budget, isPublished)) return;
  const rules = index.rulesOn(metric);
  if (rules.length === 0 || !takeUnits(budget, { metric, isPublished }, rules)) return;
  const series: Series = { ...rest, isPublished, pool, watches: [] };
  host.series.set(metric, series);
  const saved = new Map(watches.map((watch) => [watch.ruleId, watch]));
  for (const rule of rules) {
    const watch: Watch = addWatch(host, series, rule);
    const { standing, value = null, threshold = null, points, isHeld } = saved.get(rule.id) ?? {};
    watch.points = points ?? null;
    if (standing) Object.assign(watch, { standing, value, threshold });
    if (watch.standing.phase !== 'inactive') host.timed.add(watch);
    if (watch.standing.isAnnounced && watch.standing.phase !== 'inactive') noteAnnounced(host, watch, true);
    if (isHeld) setHeld(host, watch, 'crowd');
  }
}

/** Whether an alert of the one goes on under the other: what it judges by is the same. */
export function judgesAlike(one: Rule, other: Rule): boolean {
  return (
    one.metric === other.metric &&
    one.comparison === other.comparison &&
    one.threshold === other.threshold &&
    one.clearThreshold === other.clearThreshold &&
    one.forSeconds === other.forSeconds &&
    one.enabled === other.enabled &&
    // It chooses between a sensor's own limits.
    (one.threshold !== null || one.severity === other.severity)
  );
}
