import type { AlertState } from '@/lib/protocol/alerting';
import type { AlertCondition } from '@/lib/protocol/payloads';

/** The state of one rule on one metric of one host. Times named `…At` are the host's watched time in ms. Stored as JSON. */
export interface InstanceStatus {
  readonly phase: 'inactive' | 'pending' | 'firing';
  readonly alertId: string | null;
  /** Unix ms at which its condition began to hold. */
  readonly since: number;
  readonly sinceAt: number;
  /** Whether it was appended to the log; pending alerts that flap are not. */
  readonly isAnnounced: boolean;
  /** Since when the metric is there without a value. */
  readonly unknownAt: number | null;
  /** Since when it has been clear while it still counts as firing, because it flaps. */
  readonly clearAt: number | null;
  /** When it fired and when it was announced as pending, recently. */
  readonly firedAt: readonly number[];
  readonly pendedAt: readonly number[];
}

export const inactive: InstanceStatus = {
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

export interface StepTime {
  /** The host's watched time, ms. */
  readonly at: number;
  /** Unix ms. */
  readonly t: number;
  readonly newAlertId: (since: number) => string;
}

/** Of a rule's condition. `between` is the hysteresis band, which neither fires nor resolves. */
export type ConditionResult = 'breach' | 'between' | 'clear' | 'unknown';

export interface Observation extends StepTime {
  readonly result: ConditionResult;
  readonly forMs: number;
}

export interface TimeStep extends StepTime {
  readonly forMs: number;
  /** How long ago the metric had its last value. */
  readonly silentMs: number;
  /** A metric that is silent for longer has ended. */
  readonly staleMs: number;
  /** How long a firing alert outlives the lack of values. */
  readonly unknownMs: number;
}

export interface Change {
  readonly state: AlertState;
  readonly reason: Reason;
  readonly isFlapping: boolean;
}

export interface Step {
  readonly status: InstanceStatus;
  readonly change: Change | null;
}

/** More firings than this within the window are flapping; the alert then fires until it has been clear for `holdMs`. */
export const flapping = { firings: 3, windowMs: 3_600_000, holdMs: 600_000 } as const;
/** After as many announcements within the window, pending is not announced. */
const pendings = { announced: 3, windowMs: 600_000 } as const;
/** With a long `forSeconds`, pending is announced after a tenth of it: short spikes are not announced. */
const quietPending = { fromMs: 60_000, share: 0.1, mostMs: 60_000 } as const;
/** How long a pending alert outlives the lack of values. */
const pendingUnknownMs = 60_000;

const unchanged = (status: InstanceStatus): Step => ({ status, change: null });

function recent(times: readonly number[], at: number, windowMs: number): readonly number[] {
  return times.every((time) => time > at - windowMs) ? times : times.filter((time) => time > at - windowMs);
}

function fire(status: InstanceStatus, at: number): Step {
  const firedAt = [...recent(status.firedAt, at, flapping.windowMs), at].slice(-flapping.firings - 1);
  return {
    status: { ...status, phase: 'firing', isAnnounced: true, clearAt: null, firedAt },
    change: { state: 'firing', reason: 'value', isFlapping: firedAt.length > flapping.firings },
  };
}

/** From inactive to pending, or at once to firing without `forMs`. */
export function begin(status: InstanceStatus, forMs: number, since: number, time: StepTime): Step {
  const { at, newAlertId } = time;
  const begun: InstanceStatus = {
    ...status,
    phase: 'pending',
    alertId: newAlertId(since),
    since,
    sinceAt: at,
    isAnnounced: false,
    unknownAt: null,
  };
  return forMs === 0 ? fire(begun, at) : announce(begun, forMs, at);
}

/** Announces a pending alert, unless it is too new or flaps. */
function announce(status: InstanceStatus, forMs: number, at: number): Step {
  const quietMs = forMs < quietPending.fromMs ? 0 : Math.min(forMs * quietPending.share, quietPending.mostMs);
  if (status.isAnnounced || at - status.sinceAt < quietMs) return unchanged(status);
  const pendedAt = recent(status.pendedAt, at, pendings.windowMs);
  if (pendedAt.length >= pendings.announced) return unchanged(status);
  return {
    status: { ...status, pendedAt: [...pendedAt, at], isAnnounced: true },
    change: { state: 'pending', reason: 'value', isFlapping: false },
  };
}

/** Back to inactive. */
export function end(status: InstanceStatus, reason: Reason): Step {
  const { firedAt, pendedAt } = status;
  return {
    status: { ...inactive, firedAt, pendedAt },
    change: status.isAnnounced ? { state: 'resolved', reason, isFlapping: false } : null,
  };
}

function isFlapping(status: InstanceStatus, at: number): boolean {
  return recent(status.firedAt, at, flapping.windowMs).length > flapping.firings;
}

/** The step that a new value causes. */
export function observe(status: InstanceStatus, observation: Observation): Step {
  const { result, at, t, forMs } = observation;
  if (result === 'unknown') {
    if (status.phase === 'inactive' || status.unknownAt !== null) return unchanged(status);
    return unchanged({ ...status, unknownAt: at });
  }
  if (status.phase === 'inactive') {
    if (result !== 'breach') return unchanged(status);
    return begin(status, forMs, t, observation);
  }
  const seen = status.unknownAt === null ? status : { ...status, unknownAt: null };
  if (status.phase === 'pending') {
    if (result !== 'breach') return end(seen, 'value');
    return at - seen.sinceAt >= forMs ? fire(seen, at) : announce(seen, forMs, at);
  }
  if (result !== 'clear') return unchanged(seen.clearAt === null ? seen : { ...seen, clearAt: null });
  if (!isFlapping(seen, at)) return end(seen, 'value');
  const clearAt = seen.clearAt ?? at;
  return at - clearAt >= flapping.holdMs ? end(seen, 'value') : unchanged({ ...seen, clearAt });
}

/** The step that time alone causes: a value holds until the next one, or until it is stale. */
export function advance(status: InstanceStatus, step: TimeStep): Step {
  const { at, forMs, silentMs, staleMs, unknownMs } = step;
  if (status.phase === 'inactive') return unchanged(status);
  // Events after the tick that is evaluated may be ahead of it.
  const unknownFor = status.unknownAt === null ? -1 : Math.max(0, at - status.unknownAt);
  if (status.phase === 'pending') {
    if (silentMs >= staleMs || unknownFor >= pendingUnknownMs) return end(status, 'no-value');
    return unknownFor < 0 && at - status.sinceAt >= forMs ? fire(status, at) : unchanged(status);
  }
  if (silentMs >= staleMs || unknownFor >= unknownMs) return end(status, 'no-value');
  if (status.clearAt !== null && at - status.clearAt >= flapping.holdMs) return end(status, 'value');
  return unchanged(status);
}

/** The watched time at which `advance` may change the status next, as far as is known now. */
export function nextChangeAt(
  status: InstanceStatus,
  step: Omit<TimeStep, keyof StepTime> & { at: number },
): number {
  if (status.phase === 'inactive') return Number.POSITIVE_INFINITY;
  const { at, forMs, silentMs, staleMs, unknownMs } = step;
  const times = [at - silentMs + staleMs];
  if (status.unknownAt !== null)
    times.push(status.unknownAt + (status.phase === 'pending' ? pendingUnknownMs : unknownMs));
  else if (status.phase === 'pending') times.push(status.sinceAt + forMs);
  if (status.clearAt !== null) times.push(status.clearAt + flapping.holdMs);
  return Math.min(...times);
}
