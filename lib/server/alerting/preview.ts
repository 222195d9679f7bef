import type { Firing, Rule } from '@/lib/protocol/alerting';
import type { Pause } from '@/lib/server/concurrency/turns';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { evaluate } from './evaluate';
import { activeInstances, newHost, newState, type Transition } from './evaluation-state';

export interface PreviewOptions {
  /** Addresses of earlier logins, by host, as the live evaluation has them. */
  readonly loginAddresses?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Further firings are left out. */
export const firingsMax = 1_000;

/**
 * When a rule would have fired over stored events, oldest first: the live evaluation with a state of its own. An alert
 * that still fires at the end ends with the last event.
 */
export async function preview(
  rule: Rule,
  events: Iterable<LoggedEvent> | AsyncIterable<LoggedEvent>,
  { loginAddresses }: PreviewOptions = {},
): Promise<Firing[]> {
  const state = newState([{ ...rule, enabled: true }]);
  const recorder = new FiringRecorder(rule);
  let firstT: number | null = null;
  for await (const event of events) {
    firstT ??= event.t;
    if (loginAddresses && !state.hosts.has(event.host)) {
      const host = newHost(event.host, state.budget);
      const earlier = loginAddresses.get(event.host) ?? [];
      for (const [address, t] of earlier) if (t < firstT) host.loginAddresses.set(address, t);
      state.hosts.set(event.host, host);
    }
    for (const transition of evaluate(state, event)) recorder.record(transition);
    if (!recorder.hasOpen) continue;
    for (const { host, instance } of activeInstances(state)) {
      if (instance.status.alertId !== null)
        recorder.extend(instance.status.alertId, host.clock.lastT, instance.value);
    }
  }
  return recorder.firings;
}

const eventsPerRead = 500;

/** The events of the replay window from one Unix ms to another, oldest first; awaits `pause` before each, and rejects as it does. */
export async function* loggedBetween(
  log: EventLog,
  from: number,
  to: number,
  pause: Pause,
): AsyncGenerator<LoggedEvent> {
  const head = log.headSeq;
  for (let seq = log.seqBefore(from); seq < head; ) {
    const events = await log.read(seq, eventsPerRead);
    for (const event of events) {
      await pause();
      if (event.t >= from && event.t <= to) yield event;
    }
    const last = events.at(-1);
    if (!last) return;
    seq = last.seq;
  }
}

class FiringRecorder {
  readonly firings: Firing[] = [];
  readonly #open = new Map<string, { -readonly [K in keyof Firing]: Firing[K] }>();
  readonly #worse: (...values: number[]) => number;

  constructor({ comparison }: Rule) {
    this.#worse = comparison === 'below' || comparison === 'fullWithinHours' ? Math.min : Math.max;
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  record({ alertId, host, metric, t, value, state, more }: Transition): void {
    if (more) return;
    const firing = this.#open.get(alertId);
    if (state === 'firing' && this.firings.length < firingsMax) {
      const begun = { host, metric, from: t, to: t, peak: value };
      this.#open.set(alertId, begun);
      this.firings.push(begun);
    } else if (state === 'resolved' && firing) {
      firing.to = t;
      this.#open.delete(alertId);
    }
  }

  extend(alertId: string, to: number | null, value: number | null): void {
    const firing = this.#open.get(alertId);
    if (!firing) return;
    firing.to = to ?? firing.to;
    if (value !== null) firing.peak = this.#worse(firing.peak ?? value, value);
  }
}
