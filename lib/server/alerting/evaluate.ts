import { createHash } from 'node:crypto';
import type { AlertState, Rule } from '@/lib/protocol/alerting';
import { isSampleType } from '@/lib/protocol/event-types';
import { isPattern } from '@/lib/protocol/metric-pattern';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';
import {
  begin,
  end,
  inactive,
  type Moment,
  nextPassAt,
  observe,
  pass,
  type Reason,
  type Standing,
  type Step,
} from './alert-instance';
import {
  type Budget,
  countUnits,
  giveUnitsBack,
  isExhausted,
  mayBePublished,
  newBudget,
  refuse,
  takeUnits,
} from './budget';
import { judge, trendWindowOf } from './condition';
import {
  type Crowd,
  holdOf,
  isSaidBySeverer,
  membersOf,
  noteAnnounced,
  setHeld,
  setPublished,
  summarise,
} from './crowd';
import { advance, newClock, type WatchClock } from './evaluation-clock';
import { eachReading, isOfTick, type Limits, noteAddress } from './metric-values';
import { indexRules, type RuleIndex } from './rule-index';
import type { Points } from './trend';

/** A change of an alert's state, as the log gave rise to it. */
export interface Transition {
  readonly alertId: string;
  readonly host: string;
  readonly metric: string;
  readonly rule: Rule;
  readonly state: AlertState;
  readonly reason: Reason;
  readonly isFlapping: boolean;
  readonly value: number | null;
  readonly threshold: number | null;
  readonly since: number;
  readonly t: number;
  /** Whether programs publish what it is about; missing in those that an older Hostbeat kept. */
  readonly isPublished?: boolean;
  /** The space that mounts share, with the metrics that it is one alert for. */
  readonly shared?: { readonly pool: string; readonly metrics: readonly string[] } | null | undefined;
  /** Of a summary: how many metrics it stands for, and some of them. */
  readonly more?: { readonly count: number; readonly metrics: readonly string[] };
}

/** One rule on one metric of one host. */
export interface Watch {
  readonly rule: Rule;
  readonly series: Series;
  standing: Standing;
  /** What was compared last, and with what; of use while it pends or fires. */
  value: number | null;
  threshold: number | null;
  points: Points | null;
  /** Why an alert that would fire is not announced. */
  hold: 'space' | 'crowd' | null;
  /** The shared space that its announced alert tells of, by rule. */
  speaksFor: string | null;
}

export interface Series {
  readonly metric: string;
  /** Whether a program says its values, and not the host. */
  isPublished: boolean;
  /** The space that a mount shares with others; `null` for any other metric. */
  pool: string | null;
  /** When it last had a value: the host's watched time in ms, and Unix ms. */
  seenAt: number;
  seenT: number;
  /** The usual time from one value to the next, ms; 0 while it had no two. */
  usualMs: number;
  hasValue: boolean;
  readonly watches: Watch[];
}

export interface HostState {
  readonly host: string;
  clock: WatchClock;
  /** Whether a sampler's stamps drive the clock; until then, all do. */
  isSampled: boolean;
  /** By metric; `null` for one that no rule is about. */
  readonly series: Map<string, Series | null>;
  /** Those that time alone may change. */
  readonly timed: Set<Watch>;
  nextPassAt: number;
  nextPruneAt: number;
  nextSweepAt: number;
  /** By rule and source; those that have something announced or kept back. */
  readonly crowds: Map<string, Crowd>;
  /** Crowds that have changed with the event that is evaluated. */
  readonly changedCrowds: Set<string>;
  /** Shared spaces that an alert tells of, by rule. */
  readonly spaces: Set<string>;
  readonly budget: Budget;
  /** Addresses that logins came from, with the Unix ms of the first. */
  readonly known: Map<string, number>;
}

export interface AlertsState {
  readonly rules: readonly Rule[];
  readonly index: RuleIndex;
  readonly hosts: Map<string, HostState>;
  readonly budget: Budget;
}

const hourMs = 3_600_000;
/** A metric that matched a `*` is forgotten after so long without a value. */
const forgetMs = 24 * hourMs;
const pruneEveryMs = 600_000;
const staleAtLeastMs = 900_000;
const unknownMs = 300_000;
const loginStaysMs = hourMs;
/** How often time alone looks at what is kept back. */
const heldLookMs = 10_000;
const sweepEveryMs = 60_000;
export const seriesMax = 20_000;
/** Of these, published metrics leave so many places free for the host's own. */
export const publishedSeriesMax = 16_000;
const hostsMax = 10_000;

export function newState(rules: readonly Rule[]): AlertsState {
  return { rules, index: indexRules(rules), hosts: new Map(), budget: newBudget() };
}

/**
 * What an event of the log changes. A function of state and event alone: no clock, no chance, nothing read. The
 * state is taken over, changed in place and given back, since a copy for each event would cost more than the rest.
 */
export function evaluate(
  state: AlertsState,
  event: LoggedEvent,
): { readonly state: AlertsState; readonly transitions: readonly Transition[] } {
  // Where logins come from is learned for the day on which somebody asks for it.
  const isWatched = event.type === 'user-login' || state.index.watches(event.type);
  const drives = isOfTick(event.type);
  const transitions: Transition[] = [];
  const done = { state, transitions };
  if (!drives && !isWatched && !isSampleType(event.type)) return done;
  const host = hostOf(state, event.host);
  if (!host) return done;
  if (drives || !host.isSampled) tick(state, host, event, transitions);
  host.isSampled ||= drives;
  const now = momentOf(host, event);
  if (isWatched) readAll(state, host, event, now, transitions);
  if (host.changedCrowds.size > 0) summarise(host, now, transitions);
  return { state, transitions: transitions.map((transition) => withMembers(host, transition)) };
}

function readAll(
  state: AlertsState,
  host: HostState,
  event: LoggedEvent,
  now: Now,
  transitions: Transition[],
): void {
  eachReading(
    event,
    (address, t) => noteAddress(host.known, address, t),
    (metric, value, limits, isPublished) => {
      const series = host.series.get(metric) ?? addSeries(state, host, metric, { isPublished, now });
      if (!series || !takesFrom(host, series, isPublished, now.at)) return;
      series.pool = limits?.pool ?? null;
      take(host, series, value, limits, now, transitions);
    },
  );
}

/** Whether values of this source count: what the host says itself nobody else can say, for as long as it is remembered. */
function takesFrom(host: HostState, series: Series, isPublished: boolean, at: number): boolean {
  if (series.isPublished === isPublished) return true;
  if (isPublished && at - series.seenAt < forgetMs) return false;
  const rules = series.watches.map(({ rule }) => rule);
  giveUnitsBack(host.budget, series, rules);
  setPublished(host, series, isPublished);
  countUnits(host.budget, series, rules);
  return true;
}

/** Only once an event is through it is known which other mounts an alert of a shared space tells of. */
function withMembers(host: HostState, transition: Transition): Transition {
  if (!transition.shared) return transition;
  const watches = host.series.get(transition.metric)?.watches ?? [];
  const watch = watches.find(({ rule }) => rule.id === transition.rule.id);
  return watch ? { ...transition, shared: membersOf(host, watch) } : transition;
}

interface Now {
  readonly at: number;
  readonly t: number;
  readonly seq: number;
}

function hostOf({ hosts, budget }: AlertsState, name: string): HostState | null {
  const known = hosts.get(name);
  if (known || hosts.size >= hostsMax) return known ?? null;
  const host = newHost(name, budget);
  hosts.set(name, host);
  return host;
}

export function newHost(host: string, budget: Budget): HostState {
  return {
    host,
    clock: newClock,
    isSampled: false,
    series: new Map(),
    timed: new Set(),
    crowds: new Map(),
    changedCrowds: new Set(),
    spaces: new Set(),
    budget,
    nextPassAt: Number.POSITIVE_INFINITY,
    nextPruneAt: pruneEveryMs,
    nextSweepAt: 0,
    known: new Map(),
  };
}

/** A new stamp: all that came with the last one has been seen, so time is judged up to there; then it goes on. */
function tick(state: AlertsState, host: HostState, { t, seq }: LoggedEvent, into: Transition[]): void {
  const { lastT, watchedMs } = host.clock;
  if (t === lastT) return;
  if (lastT !== null) letPass(host, { at: watchedMs, t: lastT, seq }, into);
  host.clock = advance(host.clock, t);
  if (lastT === null) expectMetrics(state, host);
}

/** Rules on a metric that may never have come: absence counts from when the host was first watched. */
export function expectMetrics(state: AlertsState, host: HostState): void {
  const now = { at: host.clock.watchedMs, t: host.clock.lastT ?? 0, seq: 0 };
  for (const { metric } of state.index.expected) {
    // Who will say it shows with its first value.
    if (!host.series.get(metric))
      addSeries(state, host, metric, { isPublished: mayBePublished(metric), now });
  }
}

/** An event of a host's sampler is of now; others may say any time, and are believed near the sampler's. */
function momentOf({ clock }: HostState, { t, seq }: LoggedEvent): Now {
  const { lastT, watchedMs, usualMs } = clock;
  const after = lastT === null ? 0 : t - lastT;
  if (after > 0 && after <= 3 * usualMs) return { at: watchedMs + after, t, seq };
  return { at: watchedMs, t: lastT ?? t, seq };
}

function addSeries(
  state: AlertsState,
  host: HostState,
  metric: string,
  { isPublished, now }: { readonly isPublished: boolean; readonly now: Now },
): Series | null {
  if (host.series.has(metric)) return null;
  const most = isPublished ? publishedSeriesMax : seriesMax;
  if (host.series.size >= most && !makeRoom(host, most, now.at)) {
    refuse(state.budget, metric);
    return null;
  }
  const rules = isExhausted(state.budget, isPublished) ? [] : state.index.rulesOn(metric);
  const series: Series | null =
    rules.length === 0 || !takeUnits(state.budget, { metric, isPublished }, rules)
      ? null
      : {
          metric,
          isPublished,
          pool: null,
          seenAt: now.at,
          seenT: now.t,
          usualMs: 0,
          hasValue: false,
          watches: [],
        };
  host.series.set(metric, series);
  if (series) for (const rule of rules) addWatch(host, series, rule);
  return series;
}

/** Forgets metrics that no rule is about, once in a while; whether there is room for another one now. */
function makeRoom(host: HostState, most: number, at: number): boolean {
  if (at < host.nextSweepAt) return false;
  host.nextSweepAt = at + sweepEveryMs;
  for (const [name, known] of host.series) if (!known) host.series.delete(name);
  return host.series.size < most;
}

/** The series' units are taken already. */
export function addWatch(host: HostState, series: Series, rule: Rule): Watch {
  const watch: Watch = {
    rule,
    series,
    standing: inactive,
    value: null,
    threshold: null,
    points: null,
    hold: null,
    speaksFor: null,
  };
  series.watches.push(watch);
  if (rule.comparison === 'absent') schedule(host, watch);
  return watch;
}

function alertIdOf({ host }: HostState, { rule, series }: Watch, since: number, seq: number): string {
  const text = JSON.stringify([host, rule.id, series.metric, since, seq]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function take(
  host: HostState,
  series: Series,
  value: number | null,
  limits: Limits | undefined,
  now: Now,
  into: Transition[],
): void {
  const isValue = value !== null && Number.isFinite(value);
  const clock = { watchedMs: now.at, skippedMs: host.clock.skippedMs };
  for (const watch of series.watches) {
    const seen = judge(watch, isValue ? value : null, limits, clock);
    const before = watch.standing;
    // The most usual case by far.
    if (before.phase === 'inactive' && seen.verdict !== 'breach') {
      if (watch.hold !== null && isValue) setHeld(host, watch, null);
      continue;
    }
    if (watch.rule.comparison === 'absent' && !isValue) continue;
    const forMs = watch.rule.forSeconds * 1000;
    const { at, t } = now;
    const newAlertId = (since: number) => alertIdOf(host, watch, since, now.seq);
    if (seen.verdict !== 'unknown') {
      watch.value = finiteOrNull(seen.value);
      watch.threshold = seen.threshold;
    }
    const step = observe(before, { verdict: seen.verdict, at, t, newAlertId, forMs });
    settle(host, watch, step, t, into);
  }
  if (!isValue) return;
  if (series.hasValue && now.at > series.seenAt) {
    series.usualMs = Math.min(Math.max(now.at - series.seenAt, series.usualMs * 0.9), forgetMs);
  }
  series.seenAt = now.at;
  series.seenT = now.t;
  series.hasValue = true;
}

/** Takes the new standing, and notes what is to be told. */
function settle(
  host: HostState,
  watch: Watch,
  { standing, change }: Step,
  t: number,
  into: Transition[],
): void {
  const before = watch.standing;
  if (before === standing && !change) return;
  const isNew = standing.isAnnounced && !before.isAnnounced;
  // It goes on pending, and fires when the more severe one has ended and it is still so.
  if (change?.state === 'firing' && isSaidBySeverer(host, watch)) {
    keepBack(host, watch, standing, null);
    return;
  }
  const hold = isNew ? holdOf(host, watch) : null;
  if (hold !== null && change) {
    // What only pends is in no summary.
    keepBack(host, watch, standing, hold === 'crowd' && change.state === 'pending' ? null : hold);
    return;
  }
  if (isNew || standing.phase === 'inactive') setHeld(host, watch, null);
  watch.standing = standing;
  if (isNew) noteAnnounced(host, watch, true);
  else if (before.isAnnounced && !standing.isAnnounced) noteAnnounced(host, watch, false);
  if (
    before.phase !== standing.phase ||
    before.unknownAt !== standing.unknownAt ||
    before.clearAt !== standing.clearAt
  )
    schedule(host, watch);
  if (!change) return;
  const { alertId, since } = change.state === 'resolved' ? before : standing;
  into.push({
    ...change,
    alertId: alertId ?? '',
    host: host.host,
    metric: watch.series.metric,
    rule: watch.rule,
    value: watch.value,
    threshold: watch.threshold,
    since,
    t,
    isPublished: watch.series.isPublished,
    shared: change.state === 'resolved' ? null : membersOf(host, watch),
  });
}

/** Stays pending, and nobody is told; an absence stays as it was. Tried again with each value, and as time passes. */
function keepBack(host: HostState, watch: Watch, standing: Standing, hold: Watch['hold']): void {
  setHeld(host, watch, hold);
  const { firedAt, pendedAt } = watch.standing;
  watch.standing =
    watch.rule.comparison === 'absent'
      ? watch.standing
      : {
          ...standing,
          phase: 'pending',
          isAnnounced: watch.standing.isAnnounced,
          clearAt: null,
          firedAt,
          pendedAt,
        };
  schedule(host, watch);
}

function finiteOrNull(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** How long it may be absent, ms; `null` while its usual interval is asked for and not known. */
function absenceMs({ rule, series }: Watch): number | null {
  const intervals = rule.threshold ?? 0;
  if (intervals > 0 && series.usualMs === 0) return null;
  return Math.max(rule.forSeconds * 1000, intervals * series.usualMs);
}

function passingOf({ rule, series }: Watch, at: number) {
  const forMs = rule.forSeconds * 1000;
  const isLogin = series.metric.startsWith('user-login.');
  return {
    at,
    forMs,
    silentMs: at - series.seenAt,
    staleMs: isLogin ? loginStaysMs : Math.max(staleAtLeastMs, 3 * series.usualMs, 2 * forMs),
    unknownMs: trendWindowOf(rule)?.windowMs ?? unknownMs,
  };
}

function schedule(host: HostState, watch: Watch): void {
  const { rule, standing, series, hold } = watch;
  if (rule.comparison !== 'absent' && standing.phase === 'inactive') {
    host.timed.delete(watch);
    return;
  }
  host.timed.add(watch);
  const due = hold === null ? dueAt(watch, series.seenAt) : host.clock.watchedMs + heldLookMs;
  host.nextPassAt = Math.min(host.nextPassAt, due);
}

function dueAt(watch: Watch, at: number): number {
  const { rule, standing, series } = watch;
  if (rule.comparison !== 'absent') return nextPassAt(standing, passingOf(watch, at));
  if (standing.phase === 'inactive') {
    // A value may come at once and make the usual interval shorter.
    return Math.min(series.seenAt + (absenceMs(watch) ?? forgetMs), at + rule.forSeconds * 1000);
  }
  const heldUntil = standing.clearAt === null ? [] : [nextPassAt(standing, passingOf(watch, at))];
  return Math.min(series.seenAt + forgetMs, ...heldUntil);
}

/** What the passing of time alone does to the alerts of a host. */
function letPass(host: HostState, now: Now, into: Transition[]): void {
  if (now.at >= host.nextPassAt) {
    // A lower bound whatever comes until then: no time to become stale is shorter.
    host.nextPassAt = now.at + staleAtLeastMs;
    const watches = [...host.timed].sort(byName);
    for (const watch of watches) {
      passOne(host, watch, now, into);
      if (!host.timed.has(watch)) continue;
      // What was due and did not happen is looked at again on the next tick.
      const least = now.at + (watch.hold === null ? 1 : heldLookMs);
      host.nextPassAt = Math.min(host.nextPassAt, Math.max(dueAt(watch, now.at), least));
    }
  }
  if (now.at >= host.nextPruneAt) {
    host.nextPruneAt = now.at + pruneEveryMs;
    prune(host, now.at);
  }
}

/** An order that a restart does not change. */
function byName(one: Watch, other: Watch): number {
  const [first, second] = [one.series.metric, other.series.metric];
  if (first !== second) return first < second ? -1 : 1;
  return one.rule.id < other.rule.id ? -1 : 1;
}

function passOne(host: HostState, watch: Watch, now: Now, into: Transition[]): void {
  const { rule, series, standing } = watch;
  const { at, t, seq } = now;
  const moment: Moment = { at, t, newAlertId: (since) => alertIdOf(host, watch, since, seq) };
  if (rule.comparison !== 'absent') {
    settle(host, watch, pass(standing, { ...moment, ...passingOf(watch, at) }), t, into);
    return;
  }
  const silentMs = at - series.seenAt;
  const absence = absenceMs(watch);
  const isAbsent = absence !== null && silentMs >= absence;
  if (isAbsent) {
    watch.value = null;
    watch.threshold = rule.threshold;
  }
  if (standing.phase === 'inactive') {
    if (isAbsent) settle(host, watch, begin(standing, 0, series.seenT, moment), t, into);
  } else if (silentMs >= forgetMs && isPattern(rule.metric)) {
    settle(host, watch, end(standing, 'gone'), t, into);
  } else if (standing.clearAt !== null) {
    // It flaps: it is there again, and must stay, or has gone once more.
    const step = isAbsent
      ? { standing: { ...standing, clearAt: null }, change: null }
      : pass(standing, { ...moment, ...passingOf(watch, at), silentMs: 0 });
    settle(host, watch, step, t, into);
  }
}

/** Forgets metrics that are no more: a container, a volume, a sensor. */
function prune(host: HostState, at: number): void {
  let hasRoom = false;
  for (const [metric, series] of host.series) {
    if (!series || at - series.seenAt < forgetMs) continue;
    const isNeeded = series.watches.some(
      ({ rule, standing }) =>
        standing.phase !== 'inactive' || (rule.comparison === 'absent' && !isPattern(rule.metric)),
    );
    if (isNeeded) continue;
    for (const watch of series.watches) {
      host.timed.delete(watch);
      setHeld(host, watch, null);
    }
    giveUnitsBack(
      host.budget,
      series,
      series.watches.map(({ rule }) => rule),
    );
    hasRoom = true;
    host.series.delete(metric);
  }
  if (!hasRoom) return;
  // What was refused is looked at again when it comes.
  for (const metric of host.budget.refused) if (host.series.get(metric) === null) host.series.delete(metric);
  host.budget.refused.clear();
}

/** All that pends or fires. */
export function* activeWatches(state: AlertsState): Generator<{ host: HostState; watch: Watch }> {
  for (const host of state.hosts.values()) {
    for (const watch of host.timed) if (watch.standing.phase !== 'inactive') yield { host, watch };
  }
}
