import type { Rule } from '@/lib/events/alerting';
import {
  type AlertsState,
  addWatch,
  expectMetrics,
  type HostState,
  newHost,
  newState,
  type Series,
  type Watch,
} from './evaluate';
import { inactive, type Standing } from './standing';
import type { Points } from './trend';
import type { WatchClock } from './watch-clock';

interface WatchSnapshot {
  readonly ruleId: string;
  readonly standing?: Standing;
  readonly value?: number | null;
  readonly threshold?: number | null;
  readonly points?: Points;
}

interface SeriesSnapshot extends Pick<Series, 'metric' | 'seenAt' | 'seenT' | 'usualMs' | 'hasValue'> {
  readonly watches: readonly WatchSnapshot[];
}

interface HostSnapshot {
  readonly host: string;
  readonly clock: WatchClock;
  readonly isSampled: boolean;
  readonly nextPruneAt: number;
  readonly known: readonly (readonly [address: string, firstT: number])[];
  readonly series: readonly SeriesSnapshot[];
}

/** The state as JSON can hold it. Rules are kept apart. */
export interface Snapshot {
  readonly hosts: readonly HostSnapshot[];
}

/** It shares what changes in place with the state: make text of it at once. */
export function snapshotOf(state: AlertsState): Snapshot {
  return {
    hosts: [...state.hosts.values()].map(({ host, clock, isSampled, nextPruneAt, known, series }) => ({
      host,
      clock,
      isSampled,
      nextPruneAt,
      known: [...known],
      series: [...series.values()].filter((one) => one !== null).map(seriesSnapshot),
    })),
  };
}

function seriesSnapshot({ metric, seenAt, seenT, usualMs, hasValue, watches }: Series): SeriesSnapshot {
  return {
    metric,
    seenAt,
    seenT,
    usualMs,
    hasValue,
    watches: watches
      .filter(({ standing, points }) => standing !== inactive || points)
      .map(({ rule, standing, value, threshold, points }) => ({
        ruleId: rule.id,
        ...(standing === inactive ? {} : { standing, value, threshold }),
        ...(points ? { points } : {}),
      })),
  };
}

/** The state that a snapshot was taken of, under the rules as they are now. What they do not watch is left out. */
export function restore(rules: readonly Rule[], { hosts }: Snapshot): AlertsState {
  const state = newState(rules);
  for (const snapshot of hosts) {
    const host: HostState = {
      ...newHost(snapshot.host),
      clock: snapshot.clock,
      isSampled: snapshot.isSampled,
      nextPruneAt: snapshot.nextPruneAt,
      nextPassAt: 0,
      known: new Map(snapshot.known),
    };
    state.hosts.set(host.host, host);
    for (const series of snapshot.series) restoreSeries(state, host, series);
    if (host.clock.lastT !== null) expectMetrics(state, host);
  }
  return state;
}

function restoreSeries({ index }: AlertsState, host: HostState, { watches, ...rest }: SeriesSnapshot): void {
  const rules = index.rulesOn(rest.metric);
  if (rules.length === 0) return;
  const series: Series = { ...rest, watches: [] };
  host.series.set(rest.metric, series);
  const saved = new Map(watches.map((watch) => [watch.ruleId, watch]));
  for (const rule of rules) {
    const watch: Watch = addWatch(host, series, rule);
    const { standing, value = null, threshold = null, points } = saved.get(rule.id) ?? {};
    watch.points = points ?? null;
    if (standing) Object.assign(watch, { standing, value, threshold });
    if (watch.standing.phase !== 'inactive') host.timed.add(watch);
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
