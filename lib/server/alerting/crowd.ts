import { createHash } from 'node:crypto';
import type { Rule } from '@/lib/protocol/alerting';
import type { HostState, Series, Transition, Watch } from './evaluate';

/**
 * As many alerts of one rule on one host are announced at a time, of the host's own metrics and of published ones each;
 * what else breaks it is one summary alert of each.
 */
export const announcedMax = 50;
/** Once so few are left, each is announced by itself again. */
const releasedAt = announcedMax / 2;
/** So many metrics are named in a summary. */
const namedMax = 3;

/**
 * The announced alerts of one rule on one host, and those that are kept back because there are too many: of its own metrics,
 * or of published ones, which cannot take the place of the others.
 */
export interface Crowd {
  readonly rule: Rule;
  readonly isPublished: boolean;
  announced: number;
  readonly held: Set<Watch>;
  /** Whether new ones are kept back. */
  isFull: boolean;
  /** The summary alert that fires, with the Unix ms at which it began. */
  summary: { readonly alertId: string; readonly since: number } | null;
}

const crowdKey = ({ id }: Rule, isPublished: boolean) => (isPublished ? `published ${id}` : `own ${id}`);
const keyOf = ({ rule, series }: Watch) => crowdKey(rule, series.isPublished);

function crowdOf(host: HostState, rule: Rule, isPublished: boolean): Crowd {
  const key = crowdKey(rule, isPublished);
  const known = host.crowds.get(key);
  if (known) return known;
  const crowd: Crowd = { rule, isPublished, announced: 0, held: new Set(), isFull: false, summary: null };
  host.crowds.set(key, crowd);
  return crowd;
}

export const hasHeld = (host: HostState, rule: Rule, isPublished: boolean): boolean =>
  (host.crowds.get(crowdKey(rule, isPublished))?.held.size ?? 0) > 0;

/** Takes up a summary that fired before a restart. */
export function restoreSummary(
  host: HostState,
  rule: Rule,
  isPublished: boolean,
  summary: NonNullable<Crowd['summary']>,
): void {
  const crowd = crowdOf(host, rule, isPublished);
  crowd.summary = summary;
  crowd.isFull = true;
  host.changedCrowds.add(crowdKey(rule, isPublished));
}

const spaceKey = ({ id }: Rule, pool: string) => `${id} ${pool}`;

/**
 * Why an alert of `watch` is not announced now: another one tells of the same shared space, or its rule has too many.
 * `null` when nothing is against it.
 */
export function holdOf(host: HostState, watch: Watch): 'space' | 'crowd' | null {
  const { rule, series } = watch;
  if (series.pool !== null && host.spaces.has(spaceKey(rule, series.pool))) return 'space';
  const crowd = host.crowds.get(keyOf(watch));
  if (!crowd) return null;
  if (crowd.announced >= announcedMax) crowd.isFull = true;
  return crowd.isFull ? 'crowd' : null;
}

const severityRank = { info: 0, warning: 1, critical: 2 } as const;

/** Whether `other` says the same as `rule`, and more urgently: that a metric is full needs no word of its being nearly so. */
function says(other: Rule, rule: Rule): boolean {
  if (severityRank[other.severity] <= severityRank[rule.severity]) return false;
  if (other.comparison === rule.comparison) return rule.comparison === 'above' || rule.comparison === 'below';
  return other.comparison === 'above' && rule.comparison === 'fullWithinHours';
}

/** Whether a more severe alert of the same metric, or of the space that it shares, fires already. */
export function isSaidBySeverer(host: HostState, { rule, series }: Watch): boolean {
  return series.watches.some(
    (other) =>
      says(other.rule, rule) &&
      (other.standing.phase === 'firing' ||
        (series.pool !== null && host.spaces.has(spaceKey(other.rule, series.pool)))),
  );
}

/** Keeps count after the standing of `watch` has changed from announced to not, or the other way. */
export function noteAnnounced(host: HostState, watch: Watch, isAnnounced: boolean): void {
  crowdOf(host, watch.rule, watch.series.isPublished).announced += isAnnounced ? 1 : -1;
  host.changedCrowds.add(keyOf(watch));
  if (isAnnounced && watch.series.pool !== null) {
    watch.speaksFor = spaceKey(watch.rule, watch.series.pool);
    host.spaces.add(watch.speaksFor);
  } else if (!isAnnounced && watch.speaksFor !== null) {
    host.spaces.delete(watch.speaksFor);
    watch.speaksFor = null;
  }
}

export function setHeld(host: HostState, watch: Watch, hold: Watch['hold']): void {
  if (watch.hold === hold) return;
  if (watch.hold === 'crowd' || hold === 'crowd') {
    const { held } = crowdOf(host, watch.rule, watch.series.isPublished);
    if (hold === 'crowd') held.add(watch);
    else held.delete(watch);
    host.changedCrowds.add(keyOf(watch));
  }
  watch.hold = hold;
}

/** Moves a series between the host's own and the published ones; what is kept back is tried again with its next value. */
export function setPublished(host: HostState, series: Series, isPublished: boolean): void {
  const announced = series.watches.filter(
    ({ standing }) => standing.isAnnounced && standing.phase !== 'inactive',
  );
  for (const watch of series.watches) setHeld(host, watch, null);
  for (const watch of announced) noteAnnounced(host, watch, false);
  series.isPublished = isPublished;
  for (const watch of announced) noteAnnounced(host, watch, true);
}

/** The mounts of the shared space that an alert of `watch` tells of, which break its rule; `null` without such a space. */
export function membersOf(host: HostState, { rule, series }: Watch): Transition['shared'] {
  const { pool } = series;
  if (pool === null) return null;
  const metrics: string[] = [];
  for (const other of host.series.values()) {
    if (other?.pool !== pool) continue;
    const isHit = other.watches.some((one) => one.rule.id === rule.id && one.standing.phase !== 'inactive');
    if (isHit) metrics.push(other.metric);
  }
  return { pool, metrics };
}

/** Begins and ends the summaries of rules whose crowds have changed with an event. */
export function summarise(
  host: HostState,
  now: { readonly t: number; readonly seq: number },
  into: Transition[],
): void {
  for (const key of host.changedCrowds) {
    const crowd = host.crowds.get(key);
    if (!crowd) continue;
    const { held, announced, summary, rule, isPublished } = crowd;
    if (crowd.isFull && announced + held.size <= releasedAt) crowd.isFull = false;
    if (held.size > 0 && !summary) {
      const what = isPublished ? 'published summary' : 'summary';
      const text = JSON.stringify([host.host, rule.id, what, now.t, now.seq]);
      const alertId = createHash('sha256').update(text).digest('hex').slice(0, 32);
      crowd.summary = { alertId, since: now.t };
      into.push(summaryTransition(host, crowd, crowd.summary, 'firing', now.t));
    } else if (held.size === 0 && summary) {
      crowd.summary = null;
      into.push(summaryTransition(host, crowd, summary, 'resolved', now.t));
    }
    if (held.size === 0 && announced === 0 && !crowd.summary) host.crowds.delete(key);
  }
  host.changedCrowds.clear();
}

export function summaryTransition(
  { host }: HostState,
  { rule, held, isPublished }: Crowd,
  { alertId, since }: NonNullable<Crowd['summary']>,
  state: 'firing' | 'resolved',
  t: number,
  reason: Transition['reason'] = 'value',
): Transition {
  const metrics = [...held].slice(0, namedMax).map(({ series }) => series.metric);
  return {
    alertId,
    host,
    metric: rule.metric,
    rule,
    state,
    reason,
    isFlapping: false,
    value: held.size,
    threshold: null,
    since,
    t,
    isPublished,
    shared: null,
    more: { count: held.size, metrics },
  };
}
