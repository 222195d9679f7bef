import { randomBytes } from 'node:crypto';
import type {
  AttemptResult,
  ChannelStatus,
  DeadLetter,
  LoggedAlert,
  ShownChannel,
} from '@/lib/protocol/notifications';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import type { AttemptContext, CommonSettings, Delivery } from './channel-kind';
import { type Channel, deliver, publicChannel } from './channel-registry';
import { type Resolve, resolveBySystem } from './checked-lookup';
import type { DeliveryState } from './delivery-state';
import type { DeliveryWorker } from './delivery-worker';
import { DeliveryWorkers } from './delivery-workers';
import type { Mute } from './notifiable';
import { type NotificationStore, openNotificationStore } from './notification-store';
import type { Outcome } from './outcome';
import { retryResultText, testAlert, testResultText } from './test-alert';
import { OwnVapidKey } from './vapid';

export interface NotificationsOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  /** Asked when an alert is taken; without it, none is muted. */
  readonly muteOf?: (alert: LoggedAlert) => Mute;
  readonly onSetAside?: OnSetAside | undefined;
  /** Called with one line each time `problem` changes. */
  readonly onReport?: (line: string, path: string) => void;
  readonly clock?: Clock;
  /** From 0 to below 1, for the jitter of retries. */
  readonly random?: () => number;
  readonly resolve?: Resolve;
  /** For all of an attempt. Default 10 s. */
  readonly timeoutMs?: number;
  /** How long attempts under way may go on after `close`. Default 1.5 s. */
  readonly graceMs?: number;
}

type ChannelStart = Pick<DeliveryState, 'open' | 'notified' | 'muted' | 'lastDeliveredAt'>;
const newChannel: ChannelStart = { open: null, notified: [], muted: [], lastDeliveredAt: null };

/**
 * Delivers alerts to channels, each by a cursor of its own, so that none waits for another. At least once: a delivery is
 * on disk before it is sent, and its end right after. A crash in between repeats it under the same delivery id.
 */
export async function openNotifications(options: NotificationsOptions): Promise<Notifications> {
  const { log, dataDir, onSetAside, onReport, graceMs = 1_500 } = options;
  const clock = options.clock ?? systemClock;
  const vapidKey = new OwnVapidKey((pem) => store.change((tables) => tables.putVapid(pem)));
  const attemptContext = {
    clock,
    resolve: options.resolve ?? resolveBySystem,
    timeoutMs: options.timeoutMs ?? 10_000,
    vapid: () => vapidKey.current,
  };
  const workers = new DeliveryWorkers({
    log,
    clock,
    random: options.random ?? Math.random,
    attemptContext,
    muteOf: options.muteOf ?? (() => null),
    write: (work) => store.write(work),
  });
  const store = await openNotificationStore({
    dataDir,
    clock,
    adopt(stored) {
      vapidKey.adopt(stored.vapidPem);
      workers.adopt(stored);
    },
    everything: () => ({ ...workers.stored, vapidPem: vapidKey.pem }),
    onSetAside,
    onReport,
  });
  workers.start();
  const stopListening = log.onAppend(() => workers.wake());
  return new Notifications({ log, clock, workers, store, vapidKey, attemptContext, graceMs, stopListening });
}

interface Parts {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly workers: DeliveryWorkers;
  readonly store: NotificationStore;
  readonly vapidKey: OwnVapidKey;
  readonly attemptContext: Omit<AttemptContext, 'signal'>;
  readonly graceMs: number;
  readonly stopListening: () => void;
}

/** The channels, and what users do with them. A change is on disk before it applies. */
export class Notifications {
  readonly #parts: Parts;
  readonly #workers: DeliveryWorkers;
  readonly #store: NotificationStore;
  readonly #attempts = new Map<string, Promise<AttemptResult>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#workers = parts.workers;
    this.#store = parts.store;
  }

  /** Why channels cannot be kept, in words; `null` when they can. */
  get problem(): string | null {
    return this.#store.problem;
  }

  /** What could not be recovered, one line each. */
  get defects(): readonly string[] {
    return this.#store.defects;
  }

  /** The names of channels whose last attempt did not end within twice its time limit. */
  get hungChannels(): readonly string[] {
    return this.#workers.all.filter(({ isHung }) => isHung).map(({ channel }) => channel.name);
  }

  /** The positions of channels that take the next event of the log at once. */
  waiting(): { readonly key: object; readonly name: string; readonly seq: number }[] {
    return this.#workers.all
      .filter(({ hasRoom }) => hasRoom)
      .map((worker) => ({ key: worker, name: worker.channel.name, seq: worker.readSeq }));
  }

  channels(): ShownChannel[] {
    return this.#workers.all.map((worker) => this.#shown(worker));
  }

  /** With its secrets: to read a change against, not to show. */
  channel(id: string): Channel | null {
    return this.#workers.of(id)?.channel ?? null;
  }

  /** Adds a channel that is notified of alerts from now on. `null` when it cannot be stored. */
  add(settings: CommonSettings): ShownChannel | null {
    const { log } = this.#parts;
    const channel: Channel = { id: randomBytes(5).toString('hex'), ...settings };
    const state: DeliveryState = { ...newChannel, logId: log.id, seq: log.headSeq };
    if (!this.#store.change((tables) => tables.put({ channel, state }))) return null;
    this.#store.forgetLoss();
    return this.#shown(this.#workers.add(channel, state));
  }

  /** `null` when there is no such channel or the change cannot be stored. */
  replace(id: string, settings: CommonSettings): ShownChannel | null {
    const worker = this.#workers.of(id);
    if (!worker) return null;
    const channel: Channel = { ...settings, id };
    if (!this.#store.change((tables) => tables.put({ channel, state: worker.state }))) return null;
    worker.changeChannel(channel);
    return this.#shown(worker);
  }

  /** Whether it could be done. */
  remove(id: string): boolean {
    if (!this.#workers.of(id) || !this.#store.change((tables) => tables.remove(id))) return false;
    this.#workers.remove(id);
    return true;
  }

  /** Sends a test alert. `null` when there is no such channel. */
  async test(id: string, host: string): Promise<AttemptResult | null> {
    const channel = this.channel(id);
    if (!channel) return null;
    const alert = testAlert(host, this.#parts.clock.wallMs());
    return this.#once(id, () => this.#send(channel, { id: alert.id, alerts: [alert] }), testResultText);
  }

  /** The newest first. */
  dead(): readonly DeadLetter[] {
    return this.#workers.dead.toReversed();
  }

  /** Tries a dead letter once more; delivered, it is dropped. `null` when there is none. */
  async retry(letterId: string): Promise<AttemptResult | null> {
    const letter = this.#workers.letter(letterId);
    const channel = letter && this.channel(letter.channelId);
    if (!channel) return null;
    const attempt = async () => {
      const outcome = await this.#send(channel, { id: letter.id, alerts: letter.alerts });
      this.#workers.settle(letter, outcome);
      return outcome;
    };
    return this.#once(letterId, attempt, retryResultText);
  }

  discard(letterId: string): 'discarded' | 'unknown' | 'not-kept' {
    if (!this.#workers.letter(letterId)) return 'unknown';
    if (!this.#store.change((tables) => tables.discard(letterId))) return 'not-kept';
    this.#workers.discard(letterId);
    return 'discarded';
  }

  /** What a browser subscribes with, base64url; `null` when a new key cannot be stored. */
  pushKey(): string | null {
    return this.#parts.vapidKey.stored?.publicKey ?? null;
  }

  async close(): Promise<void> {
    this.#parts.stopListening();
    await this.#workers.stop(this.#parts.graceMs);
    this.#store.close();
  }

  #shown(worker: DeliveryWorker): ShownChannel {
    return { ...publicChannel(worker.channel), status: statusOf(worker, this.#workers.dead) };
  }

  #send(channel: Channel, delivery: Delivery): Promise<Outcome> {
    return deliver(channel, delivery, {
      ...this.#parts.attemptContext,
      signal: new AbortController().signal,
    });
  }

  /** One attempt; a second request for it while it is under way gets the same result. */
  #once(
    key: string,
    run: () => Promise<Outcome>,
    textOf: (outcome: Outcome) => string,
  ): Promise<AttemptResult> {
    const underWay = this.#attempts.get(key);
    if (underWay) return underWay;
    const { clock } = this.#parts;
    const startedAtMs = clock.monotonicMs();
    const attempt = run()
      .then((outcome) => ({
        delivered: outcome.kind === 'delivered',
        detail: textOf(outcome),
        durationMs: Math.round(clock.monotonicMs() - startedAtMs),
      }))
      .finally(() => this.#attempts.delete(key));
    this.#attempts.set(key, attempt);
    return attempt;
  }
}

function statusOf({ channel, state }: DeliveryWorker, dead: readonly DeadLetter[]): ChannelStatus {
  const { open, lastDeliveredAt } = state;
  const letters = dead.filter(({ channelId }) => channelId === channel.id);
  const last = letters.at(-1);
  return {
    lastDeliveredAt,
    waiting: open?.alerts.length ?? 0,
    attempts: open?.attempts ?? 0,
    nextAttemptAt: open?.sendAt ?? null,
    lastError: open?.lastError ?? null,
    dead: letters.length,
    gaveUp: last && last.diedAt > (lastDeliveredAt ?? 0) ? { at: last.diedAt, reason: last.reason } : null,
  };
}
