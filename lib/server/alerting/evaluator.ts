import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NewRule, Rule } from '@/lib/protocol/alerting';
import type { Clock } from '@/lib/server/concurrency/clock';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { Changes, Progress } from './alert-tables';
import type { Announcer } from './announcer';
import { metricsWithoutCapacity, ruleRefusal } from './capacity-check';
import { defaultRules } from './default-rules';
import { evaluate } from './evaluate';
import { activeInstances, type EvaluationState, newState, type Transition } from './evaluation-state';
import { refusedNamesMax } from './instance-units';
import { withRules } from './rule-change';
import { restore, snapshotOf } from './snapshot';
import { hasTopConsumers } from './top-consumers';

export interface EvaluatorOptions {
  readonly log: EventLog;
  readonly announcer: Announcer;
  /** Writes to disk if that is possible. */
  readonly write: (changes: Changes) => void;
  readonly clock: Clock;
}

const eventsPerTurn = 500;
/** How often progress is written while nothing fires; events since then are evaluated again after a crash. */
const saveEveryMs = 300_000;

/**
 * A cursor over the log that evaluates the rules. Its state is that of `evaluatedSeq`; transitions that the log may lack
 * stay in it until they are announced, so that neither a fault nor a crash loses one.
 */
export class Evaluator {
  readonly #options: EvaluatorOptions;
  #state: EvaluationState = newState(defaultRules);
  #evaluatedSeq: number;
  /** Transitions that are not known to be in the log; appended to at its end only. */
  #unsent: readonly Transition[] = [];
  #isStarted = false;
  #stopListening = (): void => {};
  #running: Promise<void> | null = null;
  #isAwake = false;
  #hasPending = false;
  #fault: string | null = null;
  #savedAtMs: number;
  #savedLogId: string;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    this.#evaluatedSeq = options.log.headSeq;
    this.#savedAtMs = options.clock.monotonicMs();
    this.#savedLogId = options.log.id;
  }

  /** Every event up to here is evaluated. */
  get evaluatedSeq(): number {
    return this.#evaluatedSeq;
  }

  get rules(): readonly Rule[] {
    return this.#state.rules;
  }

  /** Why evaluation failed last, in words; `null` when it did not. */
  get fault(): string | null {
    return this.#fault;
  }

  /** Whether an alert is pending that processes may be the cause of. */
  get hasPending(): boolean {
    return this.#hasPending;
  }

  /** On how many metrics rules are not evaluated for lack of capacity, in words; `null` when on none. */
  get overflow(): string | null {
    const { size } = this.#state.budget.refused;
    return size === 0
      ? null
      : `rules are not evaluated on ${size < refusedNamesMax ? size : `${size} or more`} metrics: there are too many, or too many rules on them`;
  }

  refusal(rule: NewRule): string | null {
    return ruleRefusal(this.#state, rule);
  }

  withoutCapacity(metrics: readonly string[]): readonly string[] {
    return metricsWithoutCapacity(this.#state, metrics);
  }

  /** What is to be kept for the next start. */
  get progress(): Progress {
    return this.#progressWith(this.#state, this.#unsent);
  }

  /** The present values of pending and firing alerts, by alert id; a summary's is how many metrics it stands for. */
  liveValues(): Map<string, number | null> {
    const values = new Map<string, number | null>();
    for (const { instance } of activeInstances(this.#state)) {
      if (instance.status.alertId) values.set(instance.status.alertId, instance.value);
    }
    for (const { groups } of this.#state.hosts.values())
      for (const { summary, held } of groups.values()) if (summary) values.set(summary.alertId, held.size);
    return values;
  }

  /** Addresses of earlier logins with the Unix ms of the first, by host. */
  loginAddresses(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return new Map([...this.#state.hosts.values()].map(({ host, loginAddresses }) => [host, loginAddresses]));
  }

  /** Takes up what a database holds. One that could be opened only after the start changes the rules alone. */
  adopt(rules: readonly Rule[], progress: Progress | null): void {
    const isNew = !progress && rules.length === 0;
    if (isNew) return;
    if (this.#isStarted || !progress) {
      const changed = withRules(this.#state, rules);
      this.#state = changed.state;
      this.#unsent = [...this.#unsent, ...changed.transitions];
      return;
    }
    this.#state = restore(rules, progress.snapshot);
    this.#unsent = progress.unsent;
    const { log } = this.#options;
    // The log of that position was set aside and cannot be read any more; this one is read from its start.
    this.#evaluatedSeq = progress.logId === log.id ? Math.min(progress.seq, log.headSeq) : log.tailSeq - 1;
  }

  /** Goes on from the adopted position, and then with every append. */
  async start(): Promise<void> {
    const { log, announcer } = this.#options;
    this.#isStarted = true;
    if (!Number.isFinite(this.#evaluatedSeq)) this.#evaluatedSeq = log.headSeq;
    await announcer.readLogged(this.#evaluatedSeq);
    this.#save({ rules: this.rules });
    this.#stopListening = log.onAppend(() => void this.wake());
    void this.wake();
  }

  /** Resolves once all events that are in the log now are evaluated. After a failure the next append tries again. */
  wake(): Promise<void> {
    this.#isAwake = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Goes on with other rules, if `keep` stores them. */
  changeRules(rules: readonly Rule[], keep: (changes: Changes) => boolean): boolean {
    const { state, transitions } = withRules(this.#state, rules);
    const unsent = [...this.#unsent, ...transitions];
    if (!keep({ rules, progress: this.#progressWith(state, unsent) })) return false;
    this.#state = state;
    this.#unsent = unsent;
    return true;
  }

  async stop(): Promise<void> {
    this.#stopListening();
    await this.wake();
    this.#save({});
  }

  async #run(): Promise<void> {
    while (this.#isAwake) {
      this.#isAwake = false;
      try {
        await this.#evaluateAll();
        this.#fault = null;
      } catch (error) {
        this.#fault = `alerts cannot be evaluated: ${error instanceof Error ? error.message : error}`;
        break;
      }
    }
    this.#running = null;
  }

  async #evaluateAll(): Promise<void> {
    const { log, announcer, clock } = this.#options;
    for (let turn = 0; ; turn += 1) {
      if (this.#unsent.length > 0) await this.#announce();
      const { headSeq } = log;
      const events = await log.read(this.#evaluatedSeq, eventsPerTurn);
      if (events.length === 0) {
        // The last ids before a crash may have no events.
        this.#evaluatedSeq = Math.max(this.#evaluatedSeq, headSeq);
        break;
      }
      const transitions: Transition[] = [];
      for (const event of events) {
        transitions.push(...evaluate(this.#state, event));
        this.#evaluatedSeq = event.seq;
      }
      this.#unsent = [...this.#unsent, ...transitions];
      const isAllSent = this.#unsent.length === 0;
      if (isAllSent) announcer.forgetLoggedBefore(this.#evaluatedSeq);
      this.#hasPending = this.#findPending();
      // Later appends have woken it again.
      if (isAllSent && events.length < eventsPerTurn) break;
      if (turn > 0) await nextTurn();
    }
    // A position is valid only with the id of the log that it was saved for.
    if (clock.monotonicMs() - this.#savedAtMs >= saveEveryMs || this.#savedLogId !== log.id) this.#save({});
  }

  async #announce(): Promise<void> {
    const transitions = this.#unsent;
    const changes = await this.#options.announcer.announce(transitions);
    this.#unsent = this.#unsent.slice(transitions.length);
    this.#save(changes);
  }

  #findPending(): boolean {
    for (const { instance } of activeInstances(this.#state)) {
      const { phase, isAnnounced } = instance.status;
      // Not before it is announced: short spikes are no reason to list all processes.
      if (phase === 'pending' && isAnnounced && hasTopConsumers(instance.series.metric)) return true;
    }
    return false;
  }

  #save(changes: Omit<Changes, 'progress'>): void {
    const { log, write, clock } = this.#options;
    this.#savedAtMs = clock.monotonicMs();
    this.#savedLogId = log.id;
    write({ ...changes, progress: this.progress });
  }

  #progressWith(state: EvaluationState, unsent: readonly Transition[]): Progress {
    return { logId: this.#options.log.id, seq: this.#evaluatedSeq, snapshot: snapshotOf(state), unsent };
  }
}
