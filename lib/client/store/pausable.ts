import type { ReportedSensor } from '@/lib/health/sensors';
import { type LoggedPayloads, type LoggedType, loggedTypes } from '@/lib/protocol/event-types';
import type { LiveStore } from './store';
import { recentRows, type Timeline, timelineOf } from './timeline';

/** A live store whose display can stand still while the stream goes on behind it. */
export interface DisplayStore extends LiveStore {
  /** The time at which the display is paused, in Unix ms on the host's clock; `null` while it is live. */
  readonly pausedAt: number | null;
  pause(): void;
  /** Shows the present again, with all that came meanwhile. */
  resume(): void;
}

/** All that a page showed at one time. */
interface Still {
  readonly now: number;
  readonly silentSince: number | null;
  readonly sensors: readonly ReportedSensor[];
  readonly of: { readonly [T in LoggedType]: StillOf<LoggedPayloads[T]> };
}

interface StillOf<Row extends { readonly t: number }> {
  readonly table: Timeline<Row>;
  readonly latest: Row | null;
  readonly last: Row | null;
  readonly isLost: boolean;
}

function stillOf<T extends LoggedType>(store: LiveStore, type: T): StillOf<LoggedPayloads[T]> {
  const { rows, followsGap } = store.table(type);
  return {
    // A copy: the table lets go of what has become old, and a still picture does not age.
    table: timelineOf([...rows], followsGap),
    latest: store.latest(type),
    last: store.last(type),
    isLost: store.isLost(type),
  };
}

function takeStill(store: LiveStore): Still {
  const of = Object.fromEntries(loggedTypes.map((type) => [type, stillOf(store, type)])) as Still['of'];
  return { now: store.hostNow(), silentSince: store.silentSince, sensors: store.sensors(), of };
}

/**
 * `renderedAt`, in Unix ms on the host's clock: it stays at that time for good without being paused, as
 * the HTML does that the server made then.
 */
export function createPausable(store: LiveStore, renderedAt: number | null = null): DisplayStore {
  const listeners = new Set<() => void>();
  let still: Still | null = renderedAt === null ? null : { ...takeStill(store), now: renderedAt };

  function show(next: Still | null): void {
    still = next;
    for (const listener of [...listeners]) listener();
  }

  return {
    get pausedAt() {
      return renderedAt === null ? (still?.now ?? null) : null;
    },
    pause() {
      if (!still) show(takeStill(store));
    },
    resume() {
      if (still) show(null);
    },
    table: (type) => still?.of[type].table ?? store.table(type),
    latest: (type) => (still ? still.of[type].latest : store.latest(type)),
    last: (type) => (still ? still.of[type].last : store.last(type)),
    recent(type, withinMs) {
      if (!still) return store.recent(type, withinMs);
      const { table, latest } = still.of[type];
      return recentRows(table, latest, { withinMs, gapMs: store.gapMsOf(type) });
    },
    isLost: (type) => (still ? still.of[type].isLost : store.isLost(type)),
    get silentSince() {
      return still ? still.silentSince : store.silentSince;
    },
    sensors: () => still?.sensors ?? store.sensors(),
    hostNow: () => still?.now ?? store.hostNow(),
    // What follows does not pause: the connection, and what must not be missed.
    get firing() {
      return store.firing;
    },
    get gaps() {
      return store.gaps;
    },
    get state() {
      return store.state;
    },
    get transport() {
      return store.transport;
    },
    latency: () => store.latency(),
    get facts() {
      return store.facts;
    },
    get intervalMs() {
      return store.intervalMs;
    },
    gapMsOf: (type) => store.gapMsOf(type),
    listen: (type, listener) => store.listen(type, listener),
    subscribe(listener) {
      listeners.add(listener);
      const stop = store.subscribe(listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
    connect: (types) => store.connect(types),
  };
}
