import type { AlertState } from '@/lib/protocol/alerting';
import type { AlertCondition } from '@/lib/protocol/payloads';

/** How one rule stands on one metric of one host. Times named `…At` are the host's watched time in ms. */
export interface Standing {
  readonly phase: 'inactive' | 'pending' | 'firing';
  readonly alertId: string | null;
  /** Unix ms at which it began to be so. */
  readonly since: number;
  readonly sinceAt: number;
  /** Whether the log was told of it: a pending one that flaps is not worth a word. */
  readonly isAnnounced: boolean;
  /** Since when nothing can be said, though the metric is there. */
  readonly unknownAt: number | null;
  /** Since when it has been clear while it still counts as firing, because it flaps. */
  readonly clearAt: number | null;
  /** When it fired and when it was said to pend, of late. */
  readonly firedAt: readonly number[];
  readonly pendedAt: readonly number[];
}

export const inactive: Standing = {
  phase: 'inactive',
  alertId: null,
  since: 0,
  sinceAt: 0,
  isAnnounced: false,
  unknownAt: null,
  clearAt: null,
  firedAt: [],
  pendedAt: [],
};

export type Reason = AlertCondition['reason'];

/** A moment in which something is judged. */
export interface Moment {
  /** The host's watched time, ms. */
  readonly at: number;
  /** Unix ms. */
  readonly t: number;
  readonly newAlertId: (since: number) => string;
}

/** `between` is the hysteresis band: no reason to fire and none to end. */
export type Verdict = 'breach' | 'between' | 'clear' | 'unknown';

export interface Observation extends Moment {
  readonly verdict: Verdict;
  readonly forMs: number;
}

export interface Passing extends Moment {
  readonly forMs: number;
  /** How long ago the metric had its last value. */
  readonly silentMs: number;
  /** A metric that is silent for longer has ended. */
  readonly staleMs: number;
  /** How long a firing alert outlives not knowing. */
  readonly unknownMs: number;
}

export interface Change {
  readonly state: AlertState;
  readonly reason: Reason;
  readonly isFlapping: boolean;
}

export interface Step {
  readonly standing: Standing;
  readonly change: Change | null;
}

/** More firings than this within the window is flapping; then it fires until it has been clear for `holdMs`. */
export const flapping = { firings: 3, windowMs: 3_600_000, holdMs: 600_000 } as const;
/** After as many, pending is not announced until it is quieter. */
const pendings = { announced: 3, windowMs: 600_000 } as const;
/** One that has long to wait is announced after a tenth of that: a busy second is nobody's business. */
const quietPending = { fromMs: 60_000, share: 0.1, mostMs: 60_000 } as const;
/** A pending alert outlives not knowing for so long. */
const pendingUnknownMs = 60_000;

const unchanged = (standing: Standing): Step => ({ standing, change: null });

function recent(times: readonly number[], at: number, windowMs: number): readonly number[] {
  return times.every((time) => time > at - windowMs) ? times : times.filter((time) => time > at - windowMs);
}

function fire(standing: Standing, at: number): Step {
  const firedAt = [...recent(standing.firedAt, at, flapping.windowMs), at].slice(-flapping.firings - 1);
  return {
    standing: { ...standing, phase: 'firing', isAnnounced: true, clearAt: null, firedAt },
    change: { state: 'firing', reason: 'value', isFlapping: firedAt.length > flapping.firings },
  };
}

/** From inactive to pending, or at once to firing where nothing is to be waited for. */
export function begin(standing: Standing, forMs: number, since: number, moment: Moment): Step {
  const { at, newAlertId } = moment;
  const begun: Standing = {
    ...standing,
    phase: 'pending',
    alertId: newAlertId(since),
    since,
    sinceAt: at,
    isAnnounced: false,
    unknownAt: null,
  };
  return forMs === 0 ? fire(begun, at) : announce(begun, forMs, at);
}

/** Tells of a pending alert once it is worth it. */
function announce(standing: Standing, forMs: number, at: number): Step {
  const quietMs = forMs < quietPending.fromMs ? 0 : Math.min(forMs * quietPending.share, quietPending.mostMs);
  if (standing.isAnnounced || at - standing.sinceAt < quietMs) return unchanged(standing);
  const pendedAt = recent(standing.pendedAt, at, pendings.windowMs);
  if (pendedAt.length >= pendings.announced) return unchanged(standing);
  return {
    standing: { ...standing, pendedAt: [...pendedAt, at], isAnnounced: true },
    change: { state: 'pending', reason: 'value', isFlapping: false },
  };
}

/** Back to inactive. */
export function end(standing: Standing, reason: Reason): Step {
  const { firedAt, pendedAt } = standing;
  return {
    standing: { ...inactive, firedAt, pendedAt },
    change: standing.isAnnounced ? { state: 'resolved', reason, isFlapping: false } : null,
  };
}

function isFlapping(standing: Standing, at: number): boolean {
  return recent(standing.firedAt, at, flapping.windowMs).length > flapping.firings;
}

/** What a new value does. */
export function observe(standing: Standing, observation: Observation): Step {
  const { verdict, at, t, forMs } = observation;
  if (verdict === 'unknown') {
    if (standing.phase === 'inactive' || standing.unknownAt !== null) return unchanged(standing);
    return unchanged({ ...standing, unknownAt: at });
  }
  if (standing.phase === 'inactive') {
    if (verdict !== 'breach') return unchanged(standing);
    return begin(standing, forMs, t, observation);
  }
  const seen = standing.unknownAt === null ? standing : { ...standing, unknownAt: null };
  if (standing.phase === 'pending') {
    if (verdict !== 'breach') return end(seen, 'value');
    return at - seen.sinceAt >= forMs ? fire(seen, at) : announce(seen, forMs, at);
  }
  if (verdict !== 'clear') return unchanged(seen.clearAt === null ? seen : { ...seen, clearAt: null });
  if (!isFlapping(seen, at)) return end(seen, 'value');
  const clearAt = seen.clearAt ?? at;
  return at - clearAt >= flapping.holdMs ? end(seen, 'value') : unchanged({ ...seen, clearAt });
}

/** What time alone does: a value stands until the next one, but not for ever. */
export function pass(standing: Standing, passing: Passing): Step {
  const { at, forMs, silentMs, staleMs, unknownMs } = passing;
  if (standing.phase === 'inactive') return unchanged(standing);
  // What came after the tick that is judged may be ahead of it.
  const unknownFor = standing.unknownAt === null ? -1 : Math.max(0, at - standing.unknownAt);
  if (standing.phase === 'pending') {
    if (silentMs >= staleMs || unknownFor >= pendingUnknownMs) return end(standing, 'no-value');
    return unknownFor < 0 && at - standing.sinceAt >= forMs ? fire(standing, at) : unchanged(standing);
  }
  if (silentMs >= staleMs || unknownFor >= unknownMs) return end(standing, 'no-value');
  if (standing.clearAt !== null && at - standing.clearAt >= flapping.holdMs) return end(standing, 'value');
  return unchanged(standing);
}

/** The watched time at which `pass` may have something to say next, as far as can be known now. */
export function nextPassAt(
  standing: Standing,
  passing: Omit<Passing, keyof Moment> & { at: number },
): number {
  if (standing.phase === 'inactive') return Number.POSITIVE_INFINITY;
  const { at, forMs, silentMs, staleMs, unknownMs } = passing;
  const times = [at - silentMs + staleMs];
  if (standing.unknownAt !== null)
    times.push(standing.unknownAt + (standing.phase === 'pending' ? pendingUnknownMs : unknownMs));
  else if (standing.phase === 'pending') times.push(standing.sinceAt + forMs);
  if (standing.clearAt !== null) times.push(standing.clearAt + flapping.holdMs);
  return Math.min(...times);
}
