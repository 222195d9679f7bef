import { createHash } from 'node:crypto';
import type { Rule } from '@/lib/events/alerting';
import type { HostState, Transition, Watch } from './evaluate';

/** As many alerts of one rule on one host are announced at a time; what else breaks it is one summary alert. */
export const announcedMax = 50;
/** Once so few are left, each is announced by itself again. */
const releasedAt = announcedMax / 2;
/** So many metrics are named in a summary. */
const namedMax = 3;

/** The announced alerts of one rule on one host, and those that are kept back because there are too many. */
export interface Crowd {
  readonly rule: Rule;
  announced: number;
  readonly held: Set<Watch>;
  /** Whether new ones are kept back. */
  isFull: boolean;
  /** The summary alert that fires, with the Unix ms at which it began. */
  summary: { readonly alertId: string; readonly since: number } | null;
}

export function crowdOf(host: HostState, rule: Rule): Crowd {
  const known = host.crowds.get(rule.id);
  if (known) return known;
  const crowd: Crowd = { rule, announced: 0, held: new Set(), isFull: false, summary: null };
  host.crowds.set(rule.id, crowd);
  return crowd;
}

const spaceKey = ({ id }: Rule, pool: string) => `${id} ${pool}`;

/**
 * Why an alert of `watch` is not announced now: another one tells of the same shared space, or its rule has too many.
 * `null` when nothing is against it.
 */
export function holdOf(host: HostState, { rule, series }: Watch): 'space' | 'crowd' | null {
  if (series.pool !== null && host.spaces.has(spaceKey(rule, series.pool))) return 'space';
  const crowd = host.crowds.get(rule.id);
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
  crowdOf(host, watch.rule).announced += isAnnounced ? 1 : -1;
  host.changedCrowds.add(watch.rule.id);
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
    const { held } = crowdOf(host, watch.rule);
    if (hold === 'crowd') held.add(watch);
    else held.delete(watch);
    host.changedCrowds.add(watch.rule.id);
  }
  watch.hold = hold;
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
  for (const ruleId of host.changedCrowds) {
    const crowd = host.crowds.get(ruleId);
    if (!crowd) continue;
    const { held, announced, summary, rule } = crowd;
    if (crowd.isFull && announced + held.size <= releasedAt) crowd.isFull = false;
    if (held.size > 0 && !summary) {
      const text = JSON.stringify([host.host, rule.id, 'summary', now.t, now.seq]);
      const alertId = createHash('sha256').update(text).digest('hex').slice(0, 32);
      crowd.summary = { alertId, since: now.t };
      into.push(summaryTransition(host, crowd, crowd.summary, 'firing', now.t));
    } else if (held.size === 0 && summary) {
      crowd.summary = null;
      into.push(summaryTransition(host, crowd, summary, 'resolved', now.t));
    }
    if (held.size === 0 && announced === 0 && !crowd.summary) host.crowds.delete(ruleId);
  }
  host.changedCrowds.clear();
}

export function summaryTransition(
  { host }: HostState,
  { rule, held }: Crowd,
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
    shared: null,
    more: { count: held.size, metrics },
  };
}
