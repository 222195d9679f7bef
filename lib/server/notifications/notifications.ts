import { randomBytes } from 'node:crypto';
import type {
  AttemptResult,
  ChannelStatus,
  DeadLetter,
  LoggedAlert,
  ShownChannel,
} from '@/lib/protocol/notifications';
import type { EventLog } from '@/lib/server/event-log/event-log';
import type { OnSetAside } from '@/lib/server/storage/supervised-database';
import { type Channel, deliver, publicChannel } from './channel';
import type { CommonSettings, Delivery } from './channel-kind';
import { type Resolve, resolveBySystem } from './checked-lookup';
import { type Clock, systemClock } from './clock';
import { type DeliveryState, deadLettersMax } from './delivery-state';
import { type DeliveryWorker, openDeliveryWorker } from './delivery-worker';
import type { Mute } from './notifiable';
import { type NotificationStore, openNotificationStore } from './notification-store';
import type { StoredChannel } from './notification-tables';
import type { Outcome } from './outcome';
import { retryResultText, testAlert, testResultText } from './test-alert';
import { newVapidKey, readVapidKey, type VapidKey } from './vapid';

export interface NotificationsOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  /** Asked when an alert's turn comes; without, none is muted. */
  readonly muteOf?: (alert: LoggedAlert) => Mute;
  /** Called when a database was set aside, with its new name. */
  readonly onSetAside?: OnSetAside | undefined;
  /** One line each time that what is wrong with keeping it changes. */
  readonly onReport?: (line: string, path: string) => void;
  readonly clock?: Clock;
  readonly resolve?: Resolve;
  /** For all of an attempt. Default 10 s. */
  readonly timeoutMs?: number;
  /** A stop waits this long for attempts under way. Default 1.5 s. */
  readonly graceMs?: number;
}

export interface Notifications {
  channels(): ShownChannel[];
  /** With its secrets: to read a change against, not to show. */
  channel(id: string): Channel | null;
  /** `null` when it cannot be kept. */
  add(settings: CommonSettings): ShownChannel | null;
  replace(id: string, settings: CommonSettings): ShownChannel | null;
  /** Whether it could be done. */
  remove(id: string): boolean;
  test(id: string, host: string): Promise<AttemptResult | null>;
  /** What was given up on, newest first. */
  dead(): readonly DeadLetter[];
  /** Tries a dead letter once more; it is gone when it is delivered. `null` when there is none. */
  retry(letterId: string): Promise<AttemptResult | null>;
  discard(letterId: string): 'discarded' | 'unknown' | 'not-kept';
  /** What a browser subscribes with, base64url; `null` when a new key cannot be kept. */
  pushKey(): string | null;
  /** The positions of channels that have room for what the log has next. */
  waiting(): { readonly key: object; readonly name: string; readonly seq: number }[];
  /** What is wrong with keeping all this, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What was lost and cannot be had again, a line each. */
  readonly defects: readonly string[];
  /** The names of channels whose last attempt did not end within twice its time limit. */
  readonly hungChannels: readonly string[];
  close(): Promise<void>;
}

const fresh = { open: null, notified: [], muted: [], lastDeliveredAt: null };

/**
 * Delivers alerts to channels, each by a cursor of its own, so that none waits for another. At least once: what is
 * about to be sent is on disk before, and that it was delivered right after. Between the two a crash makes a
 * repeat, under the same delivery id.
 */
export async function openNotifications(options: NotificationsOptions): Promise<Notifications> {
  const { log, dataDir, onSetAside, onReport } = options;
  const clock = options.clock ?? systemClock;
  const muteOf = options.muteOf ?? (() => null);
  const workers = new Map<string, DeliveryWorker>();
  const attempts = new Map<string, Promise<AttemptResult>>();
  let dead: readonly DeadLetter[] = [];
  let vapidKey: VapidKey | null = null;
  /** Workers that start earlier are woken once everything is loaded. */
  let isReady = false;
  const means = {
    resolve: options.resolve ?? resolveBySystem,
    timeoutMs: options.timeoutMs ?? 10_000,
    vapid,
  };

  const kept = ({ channel, state }: DeliveryWorker): StoredChannel => ({ channel, state });

  const store: NotificationStore = await openNotificationStore({
    dataDir,
    clock,
    adopt(found) {
      dead = [...found.dead, ...dead];
      vapidKey ??= found.vapidPem === null ? null : readVapidKey(found.vapidPem);
      for (const { channel, state } of found.channels) start(channel, state);
    },
    everything: () => ({
      channels: [...workers.values()].map(kept),
      dead,
      vapidPem: vapidKey?.pem ?? null,
    }),
    onSetAside,
    onReport,
  });

  /** `null` when there is none and a new one cannot be kept: browsers would be subscribed to what a restart forgets. */
  function keptVapid(): VapidKey | null {
    if (vapidKey) return vapidKey;
    const key = newVapidKey();
    if (!store.change((tables) => tables.putVapid(key.pem))) return null;
    // What was found in the meantime is the one that browsers know.
    vapidKey ??= key;
    return vapidKey;
  }

  function vapid(): VapidKey {
    vapidKey ??= keptVapid() ?? newVapidKey();
    return vapidKey;
  }

  function start(channel: Channel, state: DeliveryState): DeliveryWorker {
    const worker = openDeliveryWorker({
      log,
      clock,
      means,
      muteOf,
      channel,
      state,
      keep(letter) {
        if (workers.get(channel.id) !== worker) return;
        if (letter) dead = [...dead, letter].slice(-deadLettersMax);
        store.write((tables) => (letter ? tables.bury(kept(worker), letter) : tables.put(kept(worker))));
      },
    });
    workers.set(channel.id, worker);
    if (isReady) worker.wake();
    return worker;
  }

  function shown(worker: DeliveryWorker): ShownChannel {
    const { channel } = worker;
    return { ...publicChannel(channel), status: statusOf(worker, dead) };
  }

  function wakeAll(): void {
    for (const worker of workers.values()) worker.wake();
  }

  /** One attempt. Whoever presses a button twice gets one. */
  function once(key: string, run: () => Promise<Outcome>, textOf: (outcome: Outcome) => string) {
    const startedAt = performance.now();
    const under = attempts.get(key);
    if (under) return under;
    const attempt = run()
      .then((outcome) => ({
        delivered: outcome.kind === 'delivered',
        detail: textOf(outcome),
        durationMs: Math.round(performance.now() - startedAt),
      }))
      .finally(() => attempts.delete(key));
    attempts.set(key, attempt);
    return attempt;
  }

  const send = (channel: Channel, delivery: Delivery) =>
    deliver(channel, delivery, { ...means, signal: new AbortController().signal });

  /** What a failed retry says takes the place of what was said before. */
  function settle(letter: DeadLetter, outcome: Outcome): void {
    const others = dead.filter(({ id }) => id !== letter.id);
    // Somebody may have discarded it in the meantime.
    if (others.length === dead.length) return;
    if (outcome.kind === 'delivered') {
      dead = others;
      store.write((tables) => tables.discard(letter.id));
      workers.get(letter.channelId)?.noteDelivered();
      return;
    }
    const again = {
      ...letter,
      attempts: letter.attempts + 1,
      diedAt: clock.now(),
      reason: outcome.detail,
    };
    dead = [...others, again];
    const worker = workers.get(letter.channelId);
    if (worker) store.write((tables) => tables.bury(kept(worker), again));
  }

  isReady = true;
  wakeAll();
  const stopListening = log.onAppend(wakeAll);

  return {
    channels: () => [...workers.values()].map(shown),
    waiting: () =>
      [...workers.values()]
        .filter(({ takesMore }) => takesMore)
        .map((worker) => ({ key: worker, name: worker.channel.name, seq: worker.readTo })),
    channel: (id) => workers.get(id)?.channel ?? null,
    add(settings) {
      const channel: Channel = { id: randomBytes(5).toString('hex'), ...settings };
      const state: DeliveryState = { ...fresh, logId: log.id, seq: log.headSeq };
      if (!store.change((tables) => tables.put({ channel, state }))) return null;
      store.forgetLoss();
      return shown(start(channel, state));
    },
    replace(id, settings) {
      const worker = workers.get(id);
      if (!worker) return null;
      const channel: Channel = { ...settings, id };
      if (!store.change((tables) => tables.put({ channel, state: worker.state }))) return null;
      worker.replace(channel);
      return shown(worker);
    },
    remove(id) {
      const worker = workers.get(id);
      if (!worker || !store.change((tables) => tables.remove(id))) return false;
      workers.delete(id);
      dead = dead.filter(({ channelId }) => channelId !== id);
      void worker.stop(0);
      return true;
    },
    async test(id, host) {
      const worker = workers.get(id);
      if (!worker) return null;
      const alert = testAlert(host, clock.now());
      return once(id, () => send(worker.channel, { id: alert.id, alerts: [alert] }), testResultText);
    },
    dead: () => dead.toReversed(),
    async retry(letterId) {
      const letter = dead.find(({ id }) => id === letterId);
      const worker = letter && workers.get(letter.channelId);
      if (!worker) return null;
      const attempt = async () => {
        const outcome = await send(worker.channel, { id: letter.id, alerts: letter.alerts });
        settle(letter, outcome);
        return outcome;
      };
      return once(letterId, attempt, retryResultText);
    },
    discard(letterId) {
      const others = dead.filter(({ id }) => id !== letterId);
      if (others.length === dead.length) return 'unknown';
      if (!store.change((tables) => tables.discard(letterId))) return 'not-kept';
      dead = others;
      return 'discarded';
    },
    pushKey: () => keptVapid()?.publicKey ?? null,
    get problem() {
      return store.problem;
    },
    get defects() {
      return store.defects;
    },
    get hungChannels() {
      return [...workers.values()].filter(({ isHung }) => isHung).map(({ channel }) => channel.name);
    },
    async close() {
      stopListening();
      await Promise.all([...workers.values()].map((worker) => worker.stop(options.graceMs ?? 1_500)));
      for (const worker of workers.values()) store.write((tables) => tables.put(kept(worker)));
      store.close();
    },
  };
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
