import type { Alert, AlertState, Firing, NewRule, Rule, Silence } from '@/lib/protocol/alerting';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { Pause } from '@/lib/server/concurrency/turns';
import type { Durability, EventLog, LoggedEvent, NewEvent } from '@/lib/server/event-log/event-log';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import { AlertList, type Page } from './alert-list';
import { type AlertStore, openAlertStore } from './alert-store';
import type { Changes } from './alert-tables';
import { Announcer } from './announcer';
import { Evaluator } from './evaluator';
import { loggedBetween, preview } from './preview';
import type { MatchedAlert } from './silences';
import type { ListProcesses } from './top-consumers';

export interface AlertsOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  readonly publish: (events: readonly NewEvent[], durability: Durability) => Promise<readonly LoggedEvent[]>;
  readonly processes: ListProcesses;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: (line: string, path: string) => void;
  /** For acknowledgements, silences and saving; evaluation goes by the stamps of events alone. */
  readonly clock?: Clock;
}

/** `not-kept`: it cannot be stored and was not changed, since a restart would forget it. */
export type Saved = 'saved' | 'not-kept';

/** Opens the database, goes on from the position in it, and then evaluates every event of the log. */
export async function openAlerts(options: AlertsOptions): Promise<Alerts> {
  const { log, publish, processes, dataDir, onSetAside, onReport, clock = systemClock } = options;
  const list = new AlertList({ clock, liveValues: () => evaluator.liveValues() });
  const evaluator = new Evaluator({
    log,
    announcer: new Announcer({ log, publish, list, processes, clock }),
    write: (changes) => store.write((tables) => tables.write(changes)),
    clock,
  });
  const store = await openAlertStore({
    dataDir,
    clock,
    heldBack: () => (log.isFolderTaken ? 'another Hostbeat is using it' : null),
    adopt({ rules, silences, alerts, progress }) {
      list.silences = silences;
      for (const alert of alerts) if (!list.get(alert.alertId)) list.put(alert);
      evaluator.adopt(rules, progress);
    },
    everything: () => ({
      rules: evaluator.rules,
      silences: list.silences,
      alerts: list.all(),
      progress: evaluator.progress,
    }),
    onSetAside,
    onReport,
  });
  await evaluator.start();
  return new Alerts({ log, list, evaluator, store, clock });
}

interface Parts {
  readonly log: EventLog;
  readonly list: AlertList;
  readonly evaluator: Evaluator;
  readonly store: AlertStore;
  readonly clock: Clock;
}

/** The rules and silences over one log, and the alerts of its evaluation. A change is on disk before it applies. */
export class Alerts {
  readonly #log: EventLog;
  readonly #list: AlertList;
  readonly #evaluator: Evaluator;
  readonly #store: AlertStore;
  readonly #clock: Clock;

  constructor({ log, list, evaluator, store, clock }: Parts) {
    this.#log = log;
    this.#list = list;
    this.#evaluator = evaluator;
    this.#store = store;
    this.#clock = clock;
  }

  /** Why rules and alerts cannot be kept or evaluated, in words; `null` when they can. */
  get problem(): string | null {
    return this.#store.problem ?? this.#evaluator.fault;
  }

  /** What could not be recovered, one line each; cleared when a rule or a silence is changed. */
  get defects(): readonly string[] {
    return this.#store.defects;
  }

  /** On how many metrics rules are not evaluated for lack of capacity, in words; `null` when on none. */
  get overflow(): string | null {
    return this.#evaluator.overflow;
  }

  /** Every event up to here is evaluated. */
  get evaluatedSeq(): number {
    return this.#evaluator.evaluatedSeq;
  }

  get rules(): readonly Rule[] {
    return this.#evaluator.rules;
  }

  get silences(): readonly Silence[] {
    return this.#list.silences;
  }

  /** Why there is no capacity for a rule on all its present metrics, in words; `null` when there is. */
  refusal(rule: NewRule): string | null {
    return this.#evaluator.refusal(rule);
  }

  /** Which of these metrics of published sensors are new and have no capacity left. */
  withoutCapacity(metrics: readonly string[]): readonly string[] {
    return this.#evaluator.withoutCapacity(metrics);
  }

  /** Adds the rule, or replaces the one with its id. */
  putRule(rule: Rule): Promise<Saved> {
    return this.#changeRules((rules) => withItem(rules, rule));
  }

  deleteRule(id: string): Promise<Saved> {
    return this.#changeRules((rules) => rules.filter((rule) => rule.id !== id));
  }

  /** Adds the silence, or replaces the one with its id. */
  putSilence(silence: Silence): Saved {
    return this.#changeSilences((silences) => withItem(silences, silence));
  }

  deleteSilence(id: string): Saved {
    return this.#changeSilences((silences) => silences.filter((silence) => silence.id !== id));
  }

  /** The newest first; all without a page. */
  list(
    states: readonly AlertState[],
    page: Page = { limit: Number.POSITIVE_INFINITY, offset: 0 },
  ): readonly Alert[] {
    return this.#list.list(states, page);
  }

  count(states: readonly AlertState[]): number {
    return this.#list.count(states);
  }

  /** The most urgent pending and firing alerts, without processes, and how many there are in all. */
  active(limit: number): { readonly items: readonly Alert[]; readonly total: number } {
    return this.#list.active(limit);
  }

  alert(alertId: string): Alert | null {
    return this.#list.alert(alertId);
  }

  /** The first acknowledgement counts. `null` when there is no such alert. */
  acknowledge(alertId: string): Alert | 'not-kept' | null {
    const alert = this.#list.get(alertId);
    if (!alert) return null;
    if (alert.acknowledgedAt === null) {
      const acknowledged = { ...alert, acknowledgedAt: this.#clock.wallMs() };
      if (!this.#keep({ alerts: [acknowledged] })) return 'not-kept';
      this.#list.put(acknowledged);
    }
    return this.#list.alert(alertId);
  }

  /** Until when an alert is silenced, Unix ms; `null` when it is not. */
  silencedUntil(alert: MatchedAlert): number | null {
    return this.#list.silencedUntil(alert);
  }

  /** When the rule would have fired within the replay window, from one Unix ms to another; rejects as `pause` does. */
  preview(rule: NewRule, from: number, to: number, pause: Pause = async () => {}): Promise<Firing[]> {
    const events = loggedBetween(this.#log, from, to, pause);
    return preview({ ...rule, id: rule.id ?? 'preview' }, events, {
      loginAddresses: this.#evaluator.loginAddresses(),
    });
  }

  /** Whether samples of this type, which are collected on demand, may soon be needed as top consumers. */
  wants(type: string): boolean {
    return type === 'processes' && this.#evaluator.hasPending;
  }

  /** Resolves once all events that are in the log now are evaluated. */
  settled(): Promise<void> {
    return this.#evaluator.wake();
  }

  async stop(): Promise<void> {
    await this.#evaluator.stop();
    this.#store.close();
  }

  /** `change` is applied after opening the database, which may bring other rules. */
  async #changeRules(change: (rules: readonly Rule[]) => readonly Rule[]): Promise<Saved> {
    if (!this.#store.heal()) return 'not-kept';
    if (!this.#evaluator.changeRules(change(this.#evaluator.rules), (changes) => this.#keep(changes)))
      return 'not-kept';
    this.#store.forgetLoss();
    await this.#evaluator.wake();
    return 'saved';
  }

  #changeSilences(change: (silences: readonly Silence[]) => readonly Silence[]): Saved {
    if (!this.#store.heal()) return 'not-kept';
    const silences = change(this.#list.silences);
    if (!this.#keep({ silences })) return 'not-kept';
    this.#store.forgetLoss();
    this.#list.silences = silences;
    return 'saved';
  }

  #keep(changes: Changes): boolean {
    return this.#store.change((tables) => tables.write(changes));
  }
}

/** With `item` in the place of the one with its id, or at the end. */
function withItem<T extends { readonly id: string }>(items: readonly T[], item: T): readonly T[] {
  const isReplaced = items.some(({ id }) => id === item.id);
  return isReplaced ? items.map((one) => (one.id === item.id ? item : one)) : [...items, item];
}
