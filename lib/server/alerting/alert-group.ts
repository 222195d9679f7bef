import { createHash } from 'node:crypto';
import type { Rule } from '@/lib/protocol/alerting';
import type { AlertGroup, AlertInstance, HeldBack, HostState, Series, Transition } from './evaluation-state';

/** The most alerts of a group that are announced at a time; the others that meet the rule's condition are one summary alert. */
export const announcedMax = 50;
/** Once this few are left, each is announced individually again. */
const individualAgainAt = announcedMax / 2;
/** The most metrics that a summary names. */
const namedMax = 3;

const groupKey = ({ id }: Rule, isPublished: boolean) => (isPublished ? `published ${id}` : `own ${id}`);
const keyOf = ({ rule, series }: AlertInstance) => groupKey(rule, series.isPublished);

function groupOf(host: HostState, rule: Rule, isPublished: boolean): AlertGroup {
  const key = groupKey(rule, isPublished);
  const known = host.groups.get(key);
  if (known) return known;
  const group: AlertGroup = {
    rule,
    isPublished,
    announced: 0,
    held: new Set(),
    isFull: false,
    summary: null,
  };
  host.groups.set(key, group);
  return group;
}

export const hasHeld = (host: HostState, rule: Rule, isPublished: boolean): boolean =>
  (host.groups.get(groupKey(rule, isPublished))?.held.size ?? 0) > 0;

/** Restores a summary that fired before a restart. */
export function restoreSummary(
  host: HostState,
  rule: Rule,
  isPublished: boolean,
  summary: NonNullable<AlertGroup['summary']>,
): void {
  const group = groupOf(host, rule, isPublished);
  group.summary = summary;
  group.isFull = true;
  host.changedGroups.add(groupKey(rule, isPublished));
}

const poolKey = ({ id }: Rule, pool: string) => `${id} ${pool}`;

/** Why an alert of `instance` is not announced now; `null` when it is. */
export function heldBackReason(host: HostState, instance: AlertInstance): HeldBack {
  const { rule, series } = instance;
  if (series.pool !== null && host.announcedPools.has(poolKey(rule, series.pool))) return 'pool';
  const group = host.groups.get(keyOf(instance));
  if (!group) return null;
  if (group.announced >= announcedMax) group.isFull = true;
  return group.isFull ? 'group' : null;
}

const severityRank = { info: 0, warning: 1, critical: 2 } as const;

/** Whether an alert of `other` makes one of `rule` superfluous: the same condition at a higher severity. */
function covers(other: Rule, rule: Rule): boolean {
  if (severityRank[other.severity] <= severityRank[rule.severity]) return false;
  if (other.comparison === rule.comparison) return rule.comparison === 'above' || rule.comparison === 'below';
  return other.comparison === 'above' && rule.comparison === 'fullWithinHours';
}

/** Whether a more severe alert of the same metric, or of its storage pool, fires already. */
export function isCoveredByMoreSevere(host: HostState, { rule, series }: AlertInstance): boolean {
  return series.instances.some(
    (other) =>
      covers(other.rule, rule) &&
      (other.status.phase === 'firing' ||
        (series.pool !== null && host.announcedPools.has(poolKey(other.rule, series.pool)))),
  );
}

/** Counts an alert that has just been announced, or has ended. */
export function noteAnnounced(host: HostState, instance: AlertInstance, isAnnounced: boolean): void {
  groupOf(host, instance.rule, instance.series.isPublished).announced += isAnnounced ? 1 : -1;
  host.changedGroups.add(keyOf(instance));
  if (isAnnounced && instance.series.pool !== null) {
    instance.announcedPool = poolKey(instance.rule, instance.series.pool);
    host.announcedPools.add(instance.announcedPool);
  } else if (!isAnnounced && instance.announcedPool !== null) {
    host.announcedPools.delete(instance.announcedPool);
    instance.announcedPool = null;
  }
}

export function setHeldBack(host: HostState, instance: AlertInstance, heldBack: HeldBack): void {
  if (instance.heldBack === heldBack) return;
  if (instance.heldBack === 'group' || heldBack === 'group') {
    const { held } = groupOf(host, instance.rule, instance.series.isPublished);
    if (heldBack === 'group') held.add(instance);
    else held.delete(instance);
    host.changedGroups.add(keyOf(instance));
  }
  instance.heldBack = heldBack;
}

/** Moves a series between the host's own and the published ones. Alerts that are held back are tried again with their next value. */
export function setPublished(host: HostState, series: Series, isPublished: boolean): void {
  const announced = series.instances.filter(
    ({ status }) => status.isAnnounced && status.phase !== 'inactive',
  );
  for (const instance of series.instances) setHeldBack(host, instance, null);
  for (const instance of announced) noteAnnounced(host, instance, false);
  series.isPublished = isPublished;
  for (const instance of announced) noteAnnounced(host, instance, true);
}

/** The mounts of a storage pool that meet the rule's condition; `null` for a metric without a pool. */
export function poolMembersOf(host: HostState, { rule, series }: AlertInstance): Transition['shared'] {
  const { pool } = series;
  if (pool === null) return null;
  const metrics: string[] = [];
  for (const other of host.series.values()) {
    if (other?.pool !== pool) continue;
    const isHit = other.instances.some((one) => one.rule.id === rule.id && one.status.phase !== 'inactive');
    if (isHit) metrics.push(other.metric);
  }
  return { pool, metrics };
}

/** Begins and ends the summary alerts of groups that have changed with an event. */
export function updateSummaries(
  host: HostState,
  now: { readonly t: number; readonly seq: number },
  into: Transition[],
): void {
  for (const key of host.changedGroups) {
    const group = host.groups.get(key);
    if (!group) continue;
    const { held, announced, summary, rule, isPublished } = group;
    if (group.isFull && announced + held.size <= individualAgainAt) group.isFull = false;
    if (held.size > 0 && !summary) {
      const what = isPublished ? 'published summary' : 'summary';
      const text = JSON.stringify([host.host, rule.id, what, now.t, now.seq]);
      const alertId = createHash('sha256').update(text).digest('hex').slice(0, 32);
      group.summary = { alertId, since: now.t };
      into.push(summaryTransition(host, group, group.summary, 'firing', now.t));
    } else if (held.size === 0 && summary) {
      group.summary = null;
      into.push(summaryTransition(host, group, summary, 'resolved', now.t));
    }
    if (held.size === 0 && announced === 0 && !group.summary) host.groups.delete(key);
  }
  host.changedGroups.clear();
}

export function summaryTransition(
  { host }: HostState,
  { rule, held, isPublished }: AlertGroup,
  { alertId, since }: NonNullable<AlertGroup['summary']>,
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
