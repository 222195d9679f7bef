import type { AlertState, Rule } from '@/lib/protocol/alerting';
import type { InstanceStatus, Reason } from './alert-instance';
import { type EvaluationClock, newClock } from './evaluation-clock';
import { type Budget, newBudget } from './instance-units';
import { indexRules, type RuleIndex } from './rule-index';
import type { Points } from './trend';

/** A change of an alert's state. Stored as JSON until the log has it. */
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
  /** Unix ms. */
  readonly since: number;
  /** Unix ms. */
  readonly t: number;
  /** Whether the metric is published by programs; missing in those that an older version stored. */
  readonly isPublished?: boolean;
  /** The storage pool that mounts share, with the metrics that this one alert covers. */
  readonly shared?: { readonly pool: string; readonly metrics: readonly string[] } | null | undefined;
  /** Of a summary alert: how many metrics it stands for, and some of them. */
  readonly more?: { readonly count: number; readonly metrics: readonly string[] };
}

/** One rule on one metric of one host. */
export interface AlertInstance {
  readonly rule: Rule;
  readonly series: Series;
  status: InstanceStatus;
  /** What was compared last, and with what; of use while it is pending or firing. */
  value: number | null;
  threshold: number | null;
  points: Points | null;
  /** Why an alert that meets its condition is not announced. */
  heldBack: HeldBack;
  /** Its entry in the host's `announcedPools`. */
  announcedPool: string | null;
}

/** `pool`: an alert of the same storage pool is announced already; `group`: its rule has too many alerts. */
export type HeldBack = 'pool' | 'group' | null;

export interface Series {
  readonly metric: string;
  /** Whether its values are published by a program, not sampled by the host. */
  isPublished: boolean;
  /** The storage pool that a mount shares with others; `null` for any other metric. */
  pool: string | null;
  /** When it last had a value: the host's watched time in ms, and Unix ms. */
  seenAt: number;
  seenT: number;
  /** The usual time from one value to the next, ms; 0 until it had two. */
  usualMs: number;
  hasValue: boolean;
  readonly instances: AlertInstance[];
}

/**
 * The announced alerts of one rule on one host, and those that are held back because there are too many. The host's own
 * metrics and published ones are groups of their own, so that neither takes the other's places.
 */
export interface AlertGroup {
  readonly rule: Rule;
  readonly isPublished: boolean;
  announced: number;
  readonly held: Set<AlertInstance>;
  /** Whether new ones are held back. */
  isFull: boolean;
  /** The summary alert that fires, with the Unix ms at which it began. */
  summary: { readonly alertId: string; readonly since: number } | null;
}

export interface HostState {
  readonly host: string;
  clock: EvaluationClock;
  /** Whether a sampler's stamps drive the clock; until then, all events do. */
  isSampled: boolean;
  /** By metric; `null` for one that no rule matches. */
  readonly series: Map<string, Series | null>;
  /** Instances that the passing of time alone may change. */
  readonly timed: Set<AlertInstance>;
  /** Watched time before which no instance of `timed` is due. */
  nextDueAt: number;
  nextPruneAt: number;
  nextSweepAt: number;
  /** By rule and source; those that have something announced or held back. */
  readonly groups: Map<string, AlertGroup>;
  /** Groups that have changed with the event that is evaluated. */
  readonly changedGroups: Set<string>;
  /** Storage pools that have an announced alert, by rule. */
  readonly announcedPools: Set<string>;
  readonly budget: Budget;
  /** Addresses that logins came from, with the Unix ms of the first. */
  readonly loginAddresses: Map<string, number>;
}

export interface EvaluationState {
  readonly rules: readonly Rule[];
  readonly index: RuleIndex;
  readonly hosts: Map<string, HostState>;
  readonly budget: Budget;
}

/** The time of an event: the host's watched time in ms, Unix ms, and the event's place in the log. */
export interface EvaluationTime {
  readonly at: number;
  readonly t: number;
  readonly seq: number;
}

export const pruneEveryMs = 600_000;

export function newState(rules: readonly Rule[]): EvaluationState {
  return { rules, index: indexRules(rules), hosts: new Map(), budget: newBudget() };
}

export function newHost(host: string, budget: Budget): HostState {
  return {
    host,
    clock: newClock,
    isSampled: false,
    series: new Map(),
    timed: new Set(),
    groups: new Map(),
    changedGroups: new Set(),
    announcedPools: new Set(),
    budget,
    nextDueAt: Number.POSITIVE_INFINITY,
    nextPruneAt: pruneEveryMs,
    nextSweepAt: 0,
    loginAddresses: new Map(),
  };
}

/** All instances that are pending or firing. */
export function* activeInstances(
  state: EvaluationState,
): Generator<{ host: HostState; instance: AlertInstance }> {
  for (const host of state.hosts.values()) {
    for (const instance of host.timed) if (instance.status.phase !== 'inactive') yield { host, instance };
  }
}
