import { createHash } from 'node:crypto';
import {
  heldBackReason,
  isCoveredByMoreSevere,
  noteAnnounced,
  poolMembersOf,
  setHeldBack,
} from './alert-group';
import type { InstanceStatus, Step } from './alert-instance';
import type { AlertInstance, HeldBack, HostState, Transition } from './evaluation-state';
import { schedule } from './instance-schedule';

export function alertIdOf(
  { host }: HostState,
  { rule, series }: AlertInstance,
  since: number,
  seq: number,
): string {
  const text = JSON.stringify([host, rule.id, series.metric, since, seq]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Gives an instance its new status, unless it is held back, and adds the transition that results. */
export function applyStep(
  host: HostState,
  instance: AlertInstance,
  { status, change }: Step,
  t: number,
  into: Transition[],
): void {
  const before = instance.status;
  if (before === status && !change) return;
  const isNew = status.isAnnounced && !before.isAnnounced;
  // It stays pending, and fires when the more severe alert has ended and its condition still holds.
  if (change?.state === 'firing' && isCoveredByMoreSevere(host, instance)) {
    holdBack(host, instance, status, null);
    return;
  }
  const heldBack = isNew ? heldBackReason(host, instance) : null;
  if (heldBack !== null && change) {
    // Pending alerts are in no summary.
    const isInSummary = heldBack !== 'group' || change.state !== 'pending';
    holdBack(host, instance, status, isInSummary ? heldBack : null);
    return;
  }
  if (isNew || status.phase === 'inactive') setHeldBack(host, instance, null);
  instance.status = status;
  if (isNew) noteAnnounced(host, instance, true);
  else if (before.isAnnounced && !status.isAnnounced) noteAnnounced(host, instance, false);
  if (
    before.phase !== status.phase ||
    before.unknownAt !== status.unknownAt ||
    before.clearAt !== status.clearAt
  )
    schedule(host, instance);
  if (!change) return;
  const { alertId, since } = change.state === 'resolved' ? before : status;
  into.push({
    ...change,
    alertId: alertId ?? '',
    host: host.host,
    metric: instance.series.metric,
    rule: instance.rule,
    value: instance.value,
    threshold: instance.threshold,
    since,
    t,
    isPublished: instance.series.isPublished,
    shared: change.state === 'resolved' ? null : poolMembersOf(host, instance),
  });
}

/** Keeps an instance pending without a transition; an absence stays as it was. Tried again with each value and by time. */
function holdBack(
  host: HostState,
  instance: AlertInstance,
  status: InstanceStatus,
  heldBack: HeldBack,
): void {
  setHeldBack(host, instance, heldBack);
  const { isAnnounced, firedAt, pendedAt } = instance.status;
  if (instance.rule.comparison !== 'absent')
    instance.status = { ...status, phase: 'pending', isAnnounced, clearAt: null, firedAt, pendedAt };
  schedule(host, instance);
}
