import type { Process } from '@/lib/protocol/alerting';
import { type SystemAlert, systemAlertSchema } from '@/lib/protocol/payloads';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { Durability, EventLog, LoggedEvent, NewEvent } from '@/lib/server/event-log/event-log';
import { type AlertList, alertAfter } from './alert-list';
import type { Changes, StoredAlert } from './alert-tables';
import type { Transition } from './evaluation-state';
import { messageOf } from './message';
import { hasTopConsumers, type ListProcesses, listProcessesInTime, topConsumersOf } from './top-consumers';

export interface AnnouncerOptions {
  readonly log: EventLog;
  readonly publish: (events: readonly NewEvent[], durability: Durability) => Promise<readonly LoggedEvent[]>;
  readonly list: AlertList;
  readonly processes: ListProcesses;
  readonly clock: Clock;
}

/** Transitions evaluated later than this are announced without top consumers: those of now are not the cause. */
const freshWithinMs = 30_000;

/** Appends transitions to the log, each once: one that the log holds from before a crash is not appended again. */
export class Announcer {
  readonly #options: AnnouncerOptions;
  /** The culprits of logged transitions that are evaluated again, by identity. */
  #logged: ReadonlyMap<string, readonly Process[]> = new Map();
  #loggedToSeq = 0;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Finds the transitions that the log holds after `seq`, where evaluation goes on. */
  async readLogged(seq: number): Promise<void> {
    const { log } = this.#options;
    this.#logged = await loggedAfter(log, seq);
    this.#loggedToSeq = log.headSeq;
  }

  /** Nothing up to `seq` is evaluated again. */
  forgetLoggedBefore(seq: number): void {
    if (this.#logged.size > 0 && seq >= this.#loggedToSeq) this.#logged = new Map();
  }

  /** Appends transitions and enters them into the list; resolves to what has changed in it. Rejects as `publish` does. */
  async announce(transitions: readonly Transition[]): Promise<Pick<Changes, 'alerts' | 'droppedAlerts'>> {
    const { list, publish } = this.#options;
    const processes = await this.#processesFor(transitions);
    const changed = new Map<string, StoredAlert>();
    const events: NewEvent[] = [];
    for (const transition of transitions) {
      const before = changed.get(transition.alertId) ?? list.get(transition.alertId);
      const logged = this.#logged.get(identityOf(transition));
      const found = topConsumersOf(transition.metric, processes.get(transition.host) ?? []);
      const isFrozen = transition.state === 'resolved' || found.length === 0;
      const culprits = logged ?? (isFrozen ? (before?.culprits ?? found) : found);
      const alert = alertAfter(before, transition, messageOf(transition, culprits), culprits);
      changed.set(alert.alertId, alert);
      if (!logged) events.push(eventOf(alert));
    }
    if (events.length > 0) await publish(events, 'durable-if-possible');
    for (const alert of changed.values()) {
      // It may have been acknowledged in the meantime.
      list.put({ ...alert, acknowledgedAt: list.get(alert.alertId)?.acknowledgedAt ?? null });
    }
    const droppedAlerts = list.trim();
    const alerts = [...changed.keys()].map((id) => list.get(id)).filter((alert) => alert !== undefined);
    return { alerts, droppedAlerts };
  }

  /** The processes of each host with a new alert that processes may be the cause of. */
  async #processesFor(transitions: readonly Transition[]): Promise<Map<string, readonly Process[]>> {
    const { processes, clock } = this.#options;
    const found = new Map<string, readonly Process[]>();
    for (const { host, metric, state, t } of transitions) {
      const isFresh = Math.abs(clock.wallMs() - t) <= freshWithinMs;
      if (state === 'resolved' || !isFresh || !hasTopConsumers(metric) || found.has(host)) continue;
      found.set(host, await listProcessesInTime(processes, host));
    }
    return found;
  }
}

const metricMax = 256;

/** A transition as the log and the feed have it. */
function eventOf(alert: StoredAlert): NewEvent {
  const {
    alertId,
    ruleId,
    host,
    name,
    metric,
    severity,
    state,
    value,
    threshold,
    since,
    message,
    condition,
  } = alert;
  const payload: SystemAlert = {
    t: alert.changedAt,
    host,
    alertId,
    ruleId,
    name,
    kind: 'rule',
    severity,
    state,
    metric: metric.slice(0, metricMax),
    value,
    threshold,
    since,
    message,
    condition: condition ?? null,
    culprits: alert.culprits,
  };
  return { type: 'system-alert', host, t: payload.t, json: JSON.stringify(payload) };
}

/** The same whenever the same log is evaluated. */
function identityOf({ alertId, state }: Pick<Transition, 'alertId' | 'state'>): string {
  return `${alertId} ${state}`;
}

const chunk = 1_000;

/** The transitions that the log holds after a seq, by identity, with their culprits. */
async function loggedAfter(log: EventLog, afterSeq: number): Promise<Map<string, readonly Process[]>> {
  const found = new Map<string, readonly Process[]>();
  const toSeq = log.headSeq;
  for (let seq = afterSeq; seq < toSeq; ) {
    const events = await log.readDurable(seq, toSeq, chunk);
    for (const event of events) {
      const alert = event.type === 'system-alert' ? alertOfRule(event) : null;
      if (alert) found.set(identityOf(alert), alert.culprits);
    }
    seq = events.length < chunk ? toSeq : (events.at(-1)?.seq ?? toSeq);
  }
  return found;
}

/** The alert of an event; `null` where no rule of this Hostbeat is behind it. */
function alertOfRule({ json }: LoggedEvent) {
  const result = systemAlertSchema.safeParse(JSON.parse(json));
  const isOfRule = result.success && result.data.kind === 'rule' && result.data.origin === undefined;
  return isOfRule ? result.data : null;
}
