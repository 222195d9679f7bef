import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EventLog } from '@/lib/events/event-log';
import type { SystemAlert } from '@/lib/events/payloads';
import { faultOf } from '@/lib/sqlite/fault';
import { setAside } from '@/lib/sqlite/set-aside';
import { type Channel, deliver, publicChannel } from './channel';
import type { CommonSettings } from './channel-kind';
import { type Resolve, resolveBySystem } from './checked-lookup';
import { type Clock, type Courier, openCourier } from './courier';
import type { CourierState, DeadLetter } from './courier-state';
import { type KeptChannel, lettersMax, type NotifyStore, openNotifyStore } from './notify-store';
import { testAlert, testWords } from './test-alert';

export interface NotifyOptions {
  readonly log: EventLog;
  readonly dataDir: string;
  /** Asked when an alert's turn comes; none is without. */
  readonly isSilenced?: (alert: SystemAlert) => boolean;
  /** Told when a corrupt database was set aside, and under which name. */
  readonly onSetAside?: (path: string, reason: string) => void;
  readonly clock?: Clock;
  readonly resolve?: Resolve;
  /** For all of an attempt. Default 10 s. */
  readonly timeoutMs?: number;
  /** A stop waits this long for attempts under way. Default 1.5 s. */
  readonly graceMs?: number;
}

export interface ChannelStatus {
  readonly lastDeliveredAt: number | null;
  /** Alerts that wait to be delivered, beyond what is still in the log alone. */
  readonly waiting: number;
  /** Failed attempts at what waits. */
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastError: string | null;
  /** How many messages were given up on. */
  readonly dead: number;
}

/** A channel as it may be shown: without secrets. */
export type ShownChannel = Readonly<Record<string, unknown>> & { readonly status: ChannelStatus };

export interface TestResult {
  readonly delivered: boolean;
  /** What happened, in a sentence. */
  readonly detail: string;
  readonly durationMs: number;
}

export interface Notify {
  channels(): ShownChannel[];
  /** With its secrets: to read a change against, not to show. */
  channel(id: string): Channel | null;
  /** `null` when it cannot be kept. */
  add(settings: CommonSettings): ShownChannel | null;
  replace(id: string, settings: CommonSettings): ShownChannel | null;
  /** Whether it could be done. */
  remove(id: string): boolean;
  test(id: string, host: string): Promise<TestResult | null>;
  /** What was given up on, newest first. */
  dead(): readonly DeadLetter[];
  /** Whether there was one. */
  discard(letterId: string): boolean;
  /** What is wrong with keeping all this, in words; `null` when nothing is. */
  readonly problem: string | null;
  close(): Promise<void>;
}

const healEveryMs = 10_000;

const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(ms, callBack) {
    const timer = setTimeout(callBack, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Delivers alerts to channels, each by a cursor of its own, so that none waits for another. At least once: what is
 * about to be sent is on disk before, and that it was delivered right after. Between the two a crash makes a
 * repeat, under the same delivery id.
 */
export function openNotify({ log, dataDir, onSetAside, ...options }: NotifyOptions): Notify {
  const path = join(dataDir, 'notify.db');
  const clock = options.clock ?? systemClock;
  const network = { resolve: options.resolve ?? resolveBySystem, timeoutMs: options.timeoutMs ?? 10_000 };
  const isSilenced = options.isSilenced ?? (() => false);
  const couriers = new Map<string, Courier>();
  const tests = new Map<string, Promise<TestResult>>();
  let dead: DeadLetter[] = [];
  let store: NotifyStore | null = null;
  /** Whether memory has what the database had: before, it must not be written over. */
  let loaded = false;
  /** Whether the database misses something that memory has. */
  let behind = false;
  let problem: string | null = null;
  let lost: string | null = null;
  let callOffHeal: (() => void) | null = null;
  let closed = false;

  const kept = ({ channel, state }: Courier): KeptChannel => ({ channel, state });

  function fail(error: unknown): void {
    const fault = faultOf(error);
    problem = `${path}: ${fault.words}`;
    behind = true;
    callOffHeal ??= clock.after(healEveryMs, heal);
    if (!fault.isCorrupt) return;
    closeStore();
    try {
      const name = setAside(path, new Date(clock.now()));
      onSetAside?.(name, fault.words);
      if (!loaded) lost = `the channels are lost: ${path} was ${fault.words}, and is now ${name}`;
      loaded = true;
    } catch (cause) {
      problem += `, and it cannot be set aside: ${faultOf(cause).words}`;
    }
  }

  function closeStore(): void {
    try {
      store?.close();
    } catch {
      // It is being given up; what it says about that changes nothing.
    }
    store = null;
  }

  /** Opens what is closed, and writes what is missing. Throws. */
  function ready(): NotifyStore {
    store ??= openNotifyStore(path);
    if (!loaded) {
      const found = store.load();
      dead = [...found.dead];
      loaded = true;
      for (const { channel, state } of found.channels) start(channel, state);
      behind = false;
    }
    if (behind) store.replaceAll({ channels: [...couriers.values()].map(kept), dead });
    behind = false;
    problem = null;
    return store;
  }

  /** Whether it could be done. What could not is made up for later, from memory. */
  function manage(work: (open: NotifyStore) => void): boolean {
    // Twice: the first may find a corrupt database, which is then set aside.
    for (let tries = 0; tries < 2; tries += 1) {
      try {
        work(ready());
        return true;
      } catch (error) {
        fail(error);
        if (store) return false;
      }
    }
    return false;
  }

  function heal(): void {
    callOffHeal = null;
    if (!closed) manage(() => {});
  }

  function start(channel: Channel, state: CourierState): Courier {
    const courier = openCourier({
      log,
      clock,
      network,
      isSilenced,
      channel,
      state,
      keep(letter) {
        if (couriers.get(channel.id) !== courier) return;
        if (letter) dead = [...dead, letter].slice(-lettersMax);
        manage((open) => (letter ? open.bury(kept(courier), letter) : open.put(kept(courier))));
      },
    });
    couriers.set(channel.id, courier);
    courier.wake();
    return courier;
  }

  function shown({ channel, state }: Courier): ShownChannel {
    const { open } = state;
    const status: ChannelStatus = {
      lastDeliveredAt: state.lastDeliveredAt,
      waiting: open?.alerts.length ?? 0,
      attempts: open?.attempts ?? 0,
      nextAttemptAt: open?.sendAt ?? null,
      lastError: open?.lastError ?? null,
      dead: dead.filter(({ channelId }) => channelId === channel.id).length,
    };
    return { ...publicChannel(channel), status };
  }

  function wakeAll(): void {
    for (const courier of couriers.values()) courier.wake();
  }

  async function runTest(channel: Channel, host: string): Promise<TestResult> {
    const startedAt = performance.now();
    const alert = testAlert(host, clock.now());
    const signal = new AbortController().signal;
    const outcome = await deliver(channel, { id: alert.id, alerts: [alert] }, { ...network, signal });
    return {
      delivered: outcome.kind === 'delivered',
      detail: testWords(outcome),
      durationMs: Math.round(performance.now() - startedAt),
    };
  }

  manage(() => {});
  const stopListening = log.onAppend(wakeAll);

  return {
    channels: () => [...couriers.values()].map(shown),
    channel: (id) => couriers.get(id)?.channel ?? null,
    add(settings) {
      const channel: Channel = { id: randomBytes(5).toString('hex'), ...settings };
      const state = { logId: log.id, seq: log.headSeq, open: null, withheld: [], lastDeliveredAt: null };
      if (!manage((open) => open.put({ channel, state }))) return null;
      lost = null;
      return shown(start(channel, state));
    },
    replace(id, settings) {
      const courier = couriers.get(id);
      if (!courier) return null;
      const channel: Channel = { ...settings, id };
      if (!manage((open) => open.put({ channel, state: courier.state }))) return null;
      courier.replace(channel);
      return shown(courier);
    },
    remove(id) {
      const courier = couriers.get(id);
      if (!courier || !manage((open) => open.remove(id))) return false;
      couriers.delete(id);
      dead = dead.filter(({ channelId }) => channelId !== id);
      courier.stop(0);
      return true;
    },
    async test(id, host) {
      const courier = couriers.get(id);
      if (!courier) return null;
      // Whoever presses the button twice gets one test.
      const test = tests.get(id) ?? runTest(courier.channel, host).finally(() => tests.delete(id));
      tests.set(id, test);
      return test;
    },
    dead: () => dead.toReversed(),
    discard(letterId) {
      const others = dead.filter(({ id }) => id !== letterId);
      if (others.length === dead.length) return false;
      dead = others;
      manage((open) => open.discard(letterId));
      return true;
    },
    get problem() {
      return problem ?? lost;
    },
    async close() {
      closed = true;
      stopListening();
      callOffHeal?.();
      await Promise.all([...couriers.values()].map((courier) => courier.stop(options.graceMs ?? 1_500)));
      for (const courier of couriers.values()) manage((open) => open.put(kept(courier)));
      callOffHeal?.();
      closeStore();
    },
  };
}
