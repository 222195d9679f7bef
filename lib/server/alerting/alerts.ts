import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Alert, AlertState, Firing, NewRule, Rule, Silence } from '@/lib/protocol/alerting';
import type { Pause } from '@/lib/server/concurrency/turns';
import type { Durability, EventLog, LoggedEvent, NewEvent } from '@/lib/server/event-log/event-log';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import { alertAfter, createAlertList, isOfPublished } from './alert-list';
import { openAlertStore } from './alert-store';
import type { Changes, StoredAlert, StoredState } from './alert-tables';
import { announcedAfter, eventOf, identityOf } from './announcement';
import { refusedNamesMax } from './budget';
import { metricsWithoutCapacity, ruleRefusal } from './capacity';
import { defaultRules } from './default-rules';
import { evaluate } from './evaluate';
import { activeInstances, newState, type Transition } from './evaluation-state';
import { messageOf } from './message';
import { preview } from './preview';
import { withRules } from './rule-change';
import { activeSilences, type MatchedAlert, silencedBy, silencedUntil } from './silences';
import { restore, snapshotOf } from './snapshot';
import { hasTopConsumers, type ListProcesses, listProcessesInTime, topConsumersOf } from './top-consumers';

export interface AlertsOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  readonly publish: (events: readonly NewEvent[], durability: Durability) => Promise<readonly LoggedEvent[]>;
  readonly processes: ListProcesses;
  /** Told when a database was set aside, and under which name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** One line each time that what is wrong with keeping it changes. */
  readonly onReport?: (line: string, path: string) => void;
  /** Unix ms; for what people do, never for evaluation. */
  readonly now?: () => number;
  readonly monotonicNow?: () => number;
}

/** `not-kept`: the disk does not take it, and a rule that a restart forgets would be worse than none. */
export type Saved = 'saved' | 'not-kept';

/** The rules over one log, a cursor that evaluates it, and what people said about the alerts. */
export interface Alerts {
  /** What is wrong with keeping rules and alerts, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What was lost and cannot be had again, a line each; until somebody changes a rule or a silence. */
  readonly defects: readonly string[];
  /** On how many metrics rules are not evaluated, since there is no room for more; in words, `null` when on none. */
  readonly overflow: string | null;
  /** Whether there is room for a rule on all the metrics that are known; if not, why, in words. */
  refusal(rule: NewRule): string | null;
  /** Which of these metrics, new ones of sensors, there is no room for. */
  withoutCapacity(metrics: readonly string[]): readonly string[];
  /** Everything up to here is evaluated. */
  readonly evaluatedSeq: number;
  readonly rules: readonly Rule[];
  readonly silences: readonly Silence[];
  /** Adds the rule, or replaces the one with its id. */
  putRule(rule: Rule): Promise<Saved>;
  deleteRule(id: string): Promise<Saved>;
  putSilence(silence: Silence): Saved;
  deleteSilence(id: string): Saved;
  /** The newest first; all without a limit. */
  list(states: readonly AlertState[], page?: { readonly limit: number; readonly offset: number }): Alert[];
  count(states: readonly AlertState[]): number;
  /** What is on, without processes, for a page: the worst first, `limit` at most and the host's own before published ones; and how many there are in all. */
  active(limit: number): { readonly items: readonly Alert[]; readonly total: number };
  alert(alertId: string): Alert | null;
  /** Somebody has seen it. The first time counts. `null`: there is no such alert. */
  acknowledge(alertId: string): Alert | 'not-kept' | null;
  /** Until when an alert is silenced, Unix ms; `null` when it is not. */
  silencedUntil(alert: MatchedAlert): number | null;
  /** When the rule would have fired within the replay window, from one Unix ms to another; rejects as `pause` does. */
  preview(rule: NewRule, from: number, to: number, pause?: Pause): Promise<Firing[]>;
  /** Whether the samples of this type, which is taken on demand, may soon be asked for as culprits. */
  wants(type: string): boolean;
  /** Resolves once all that the log holds by now is evaluated. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const eventsPerTurn = 500;
/** Written this often when nothing happens; what came since is evaluated again after a crash. */
const saveEveryMs = 300_000;
/** A transition that is evaluated this late has no culprits any more. */
const freshWithinMs = 30_000;

/** Takes up where it left off and goes on with the log. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { log, publish } = options;
  const now = options.now ?? Date.now;
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  const alerts = createAlertList();
  let silences: readonly Silence[] = [];
  let state = newState(defaultRules);
  let evaluatedTo = log.headSeq;
  let unsent: readonly Transition[] = [];
  /** A database that can be opened only later finds evaluation under way. */
  let isStarted = false;
  let announced = new Map<string, readonly Alert['culprits'][number][]>();
  let stopped = false;
  let savedAt = monotonicNow();
  let savedLogId = log.id;

  function adopt({ rules, silences: kept, alerts: earlier, progress }: StoredState): void {
    silences = kept;
    for (const alert of earlier) if (!alerts.get(alert.alertId)) alerts.put(alert);
    const isNew = !progress && rules.length === 0;
    if (isNew) return;
    if (isStarted || !progress) {
      const changed = withRules(state, rules);
      state = changed.state;
      unsent = [...unsent, ...changed.transitions];
      return;
    }
    state = restore(rules, progress.snapshot);
    unsent = progress.unsent;
    // Of a log that was set aside nothing can be read any more, and this one is new.
    if (progress.logId !== log.id) evaluatedTo = log.tailSeq - 1;
    else evaluatedTo = Math.min(progress.seq, log.headSeq);
  }

  const progress = (of = state) => ({
    logId: log.id,
    seq: evaluatedTo,
    snapshot: snapshotOf(of),
    unsent,
  });

  const store = await openAlertStore({
    dataDir: options.dataDir,
    heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
    adopt,
    everything: () => ({ rules: state.rules, silences, alerts: alerts.all(), progress: progress() }),
    onSetAside: options.onSetAside,
    onReport: options.onReport,
  });
  isStarted = true;
  if (!Number.isFinite(evaluatedTo)) evaluatedTo = log.headSeq;
  announced = await announcedAfter(log, evaluatedTo);
  const knownTo = log.headSeq;
  save({ rules: state.rules });

  function save(changes: Omit<Changes, 'progress'>): boolean {
    savedAt = monotonicNow();
    savedLogId = log.id;
    return store.write({ ...changes, progress: progress() });
  }

  /** Tells the log of what is not in it, and keeps what came of it. */
  async function announce(): Promise<void> {
    const transitions = unsent;
    const processes = new Map<string, readonly Alert['culprits'][number][]>();
    for (const { host, metric, state: to, t } of transitions) {
      if (
        to === 'resolved' ||
        !hasTopConsumers(metric) ||
        processes.has(host) ||
        Math.abs(now() - t) > freshWithinMs
      )
        continue;
      processes.set(host, await listProcessesInTime(options.processes, host));
    }
    const changed = new Map<string, StoredAlert>();
    const events: NewEvent[] = [];
    for (const transition of transitions) {
      const before = changed.get(transition.alertId) ?? alerts.get(transition.alertId);
      const logged = announced.get(identityOf(transition));
      const found = topConsumersOf(transition.metric, processes.get(transition.host) ?? []);
      const frozen =
        transition.state === 'resolved' || found.length === 0 ? (before?.culprits ?? found) : found;
      const culprits = logged ?? frozen;
      const alert = alertAfter(before, transition, messageOf(transition, culprits), culprits);
      changed.set(alert.alertId, alert);
      if (!logged) events.push(eventOf(alert));
    }
    if (events.length > 0) await publish(events, 'durable-if-possible');
    unsent = unsent.filter((transition) => !transitions.includes(transition));
    for (const alert of changed.values()) {
      // Somebody may have acknowledged it in the meantime.
      alerts.put({ ...alert, acknowledgedAt: alerts.get(alert.alertId)?.acknowledgedAt ?? null });
    }
    const goneAlerts = alerts.trim();
    const rows = [...changed.keys()].map((id) => alerts.get(id)).filter((alert) => alert !== undefined);
    save({ alerts: rows, goneAlerts });
  }

  async function evaluateAll(): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      if (unsent.length > 0) await announce();
      const head = log.headSeq;
      const events = await log.read(evaluatedTo, eventsPerTurn);
      if (events.length === 0) {
        // The last ids before a crash may have been given to nothing.
        evaluatedTo = Math.max(evaluatedTo, head);
        break;
      }
      const transitions: Transition[] = [];
      for (const event of events) {
        transitions.push(...evaluate(state, event));
        evaluatedTo = event.seq;
      }
      unsent = [...unsent, ...transitions];
      if (unsent.length === 0 && announced.size > 0 && evaluatedTo >= knownTo) announced = new Map();
      isPending = hasPending();
      // What came in the meantime has woken it again.
      if (unsent.length === 0 && events.length < eventsPerTurn) break;
      if (turn > 0) await nextTurn();
    }
    // A place is of use in the log that it was saved for alone.
    const isDue = monotonicNow() - savedAt >= saveEveryMs || savedLogId !== log.id;
    if (isDue) save({});
  }

  function hasPending(): boolean {
    for (const { instance } of activeInstances(state)) {
      const { phase, isAnnounced } = instance.status;
      // Not of what pends in silence: a busy second is no reason to look at all processes.
      if (phase === 'pending' && isAnnounced && hasTopConsumers(instance.series.metric)) return true;
    }
    return false;
  }

  let evaluating: Promise<void> | null = null;
  let isAwake = false;
  let isPending = false;
  let fault: string | null = null;

  /** One at a time. What fails stays unsent, and the next event wakes it again. */
  function wake(): Promise<void> {
    isAwake = true;
    evaluating ??= (async () => {
      while (isAwake) {
        isAwake = false;
        try {
          await evaluateAll();
          fault = null;
        } catch (error) {
          // Nothing is lost: it stays unsent, and is in what the next start takes up.
          fault = `alerts cannot be evaluated: ${error instanceof Error ? error.message : error}`;
          break;
        }
      }
      evaluating = null;
    })();
    return evaluating;
  }

  const stopListening = log.onAppend(() => {
    if (!stopped) void wake();
  });
  void wake();

  /** Opening may bring other rules than those of now, so what changes is said by a function. */
  async function changeRules(change: (rules: readonly Rule[]) => readonly Rule[]): Promise<Saved> {
    if (!store.open()) return 'not-kept';
    const rules = change(state.rules);
    const changed = withRules(state, rules);
    const waiting = [...unsent, ...changed.transitions];
    const kept = store.change({
      rules,
      progress: { ...progress(changed.state), unsent: waiting },
    });
    if (!kept) return 'not-kept';
    store.forgetLoss();
    state = changed.state;
    unsent = waiting;
    await wake();
    return 'saved';
  }

  function changeSilences(change: (silences: readonly Silence[]) => readonly Silence[]): Saved {
    if (!store.open()) return 'not-kept';
    const changed = change(silences);
    if (!store.change({ silences: changed })) return 'not-kept';
    store.forgetLoss();
    silences = changed;
    return 'saved';
  }

  /** An alert as it is at this moment. */
  function shown(alert: StoredAlert, values = liveValues(), active = activeSilences(silences, now())): Alert {
    const value = values.get(alert.alertId);
    return {
      ...alert,
      value: value === undefined ? alert.value : value,
      silencedUntil: silencedBy(active, alert),
    };
  }

  function liveValues(): Map<string, number | null> {
    const values = new Map<string, number | null>();
    for (const { instance } of activeInstances(state)) {
      if (instance.status.alertId) values.set(instance.status.alertId, instance.value);
    }
    for (const { groups } of state.hosts.values())
      for (const { summary, held } of groups.values()) if (summary) values.set(summary.alertId, held.size);
    return values;
  }

  async function* stored(from: number, to: number, pause: Pause): AsyncGenerator<LoggedEvent> {
    const head = log.headSeq;
    for (let seq = log.seqBefore(from); seq < head; ) {
      const events = await log.read(seq, eventsPerTurn);
      for (const event of events) {
        await pause();
        if (event.t >= from && event.t <= to) yield event;
      }
      const last = events.at(-1);
      if (!last) return;
      seq = last.seq;
    }
  }

  function alertOf(alertId: string): Alert | null {
    const alert = alerts.get(alertId);
    return alert ? shown(alert) : null;
  }

  return {
    get problem() {
      return store.problem ?? fault;
    },
    get defects() {
      return store.defects;
    },
    get overflow() {
      const { size } = state.budget.refused;
      return size === 0
        ? null
        : `rules are not evaluated on ${size < refusedNamesMax ? size : `${size} or more`} metrics: there are too many, or too many rules on them`;
    },
    refusal: (rule) => ruleRefusal(state, rule),
    withoutCapacity: (metrics) => metricsWithoutCapacity(state, metrics),
    get evaluatedSeq() {
      return evaluatedTo;
    },
    get rules() {
      return state.rules;
    },
    get silences() {
      return silences;
    },
    putRule: (rule) => changeRules((rules) => withOne(rules, rule)),
    deleteRule: (id) => changeRules((rules) => rules.filter((rule) => rule.id !== id)),
    putSilence: (silence) => changeSilences((all) => withOne(all, silence)),
    deleteSilence: (id) => changeSilences((all) => all.filter((silence) => silence.id !== id)),
    list(states, { limit, offset } = { limit: Number.POSITIVE_INFINITY, offset: 0 }) {
      const [values, active] = [liveValues(), activeSilences(silences, now())];
      return alerts
        .inStates(states)
        .slice(offset, offset + limit)
        .map((alert) => shown(alert, values, active));
    },
    count: (states) => alerts.inStates(states).length,
    active(limit) {
      const on = alerts.inStates(['firing', 'pending']).sort(byUrgency);
      const [values, active] = [liveValues(), activeSilences(silences, now())];
      const own = on.filter((alert) => !isOfPublished(alert)).slice(0, limit);
      const published = on.filter(isOfPublished).slice(0, limit - own.length);
      const items = [...own, ...published]
        .sort(byUrgency)
        .map((alert) => ({ ...shown(alert, values, active), culprits: [] }));
      return { items, total: on.length };
    },
    alert: alertOf,
    acknowledge(alertId) {
      const alert = alerts.get(alertId);
      if (!alert) return null;
      if (alert.acknowledgedAt === null) {
        const acknowledged = { ...alert, acknowledgedAt: now() };
        if (!store.change({ alerts: [acknowledged] })) return 'not-kept';
        alerts.put(acknowledged);
      }
      return alertOf(alertId);
    },
    silencedUntil: (alert) => silencedUntil(silences, alert, now()),
    preview: (rule, from, to, pause = async () => {}) =>
      preview({ ...rule, id: rule.id ?? 'preview' }, stored(from, to, pause), {
        loginAddresses: new Map(
          [...state.hosts.values()].map(({ host, loginAddresses }) => [host, loginAddresses]),
        ),
      }),
    wants: (type) => type === 'processes' && isPending,
    settled: wake,
    async stop() {
      stopped = true;
      stopListening();
      await wake();
      save({});
      store.close();
    },
  };
}

const stateRank = { firing: 0, pending: 1, resolved: 2 } as const;
const severityRank = { critical: 0, warning: 1, info: 2 } as const;

function byUrgency(one: StoredAlert, other: StoredAlert): number {
  return (
    stateRank[one.state] - stateRank[other.state] ||
    severityRank[one.severity] - severityRank[other.severity] ||
    other.changedAt - one.changedAt
  );
}

/** With `item` in the place of the one with its id, or at the end. */
function withOne<T extends { readonly id: string }>(items: readonly T[], item: T): readonly T[] {
  const isKnown = items.some(({ id }) => id === item.id);
  return isKnown ? items.map((one) => (one.id === item.id ? item : one)) : [...items, item];
}
