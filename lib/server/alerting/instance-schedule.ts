import { nextChangeAt } from './alert-instance';
import { trendWindowOf } from './condition';
import type { AlertInstance, HostState } from './evaluation-state';

const hourMs = 3_600_000;
/** A metric that matched a `*` is forgotten after so long without a value. */
export const forgetMs = 24 * hourMs;
export const staleAtLeastMs = 900_000;
const unknownMs = 300_000;
const loginStaysMs = hourMs;
/** How often instances that are held back are tried again. */
export const heldBackRetryMs = 10_000;

/** How long a metric may be absent, ms; `null` while its usual interval is needed and not known. */
export function absenceMs({ rule, series }: AlertInstance): number | null {
  const intervals = rule.threshold ?? 0;
  if (intervals > 0 && series.usualMs === 0) return null;
  return Math.max(rule.forSeconds * 1000, intervals * series.usualMs);
}

/** What the passing of time up to `at` means for an instance, in ms. */
export function timeStepOf({ rule, series }: AlertInstance, at: number) {
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

/** Enters an instance into the host's timed ones, or takes it out, by its status. */
export function schedule(host: HostState, instance: AlertInstance): void {
  const { rule, status, series, heldBack } = instance;
  if (rule.comparison !== 'absent' && status.phase === 'inactive') {
    host.timed.delete(instance);
    return;
  }
  host.timed.add(instance);
  const due = heldBack === null ? dueAt(instance, series.seenAt) : host.clock.watchedMs + heldBackRetryMs;
  host.nextDueAt = Math.min(host.nextDueAt, due);
}

/** The watched time at which an instance may change next, as far as is known at `at`. */
export function dueAt(instance: AlertInstance, at: number): number {
  const { rule, status, series } = instance;
  if (rule.comparison !== 'absent') return nextChangeAt(status, timeStepOf(instance, at));
  if (status.phase === 'inactive') {
    // A value may come at once and make the usual interval shorter.
    return Math.min(series.seenAt + (absenceMs(instance) ?? forgetMs), at + rule.forSeconds * 1000);
  }
  const clearUntil = status.clearAt === null ? [] : [nextChangeAt(status, timeStepOf(instance, at))];
  return Math.min(series.seenAt + forgetMs, ...clearUntil);
}
