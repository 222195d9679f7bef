import type { ReportedSensor } from '@/lib/health/sensors';
import { type LoggedPayloads, type LoggedType, loggedTypes } from '@/lib/protocol/event-types';
import type { LiveStore } from './store';
import { recentRows, type Timeline, timelineOf } from './timeline';

/** A live store whose display can be paused while the stream continues. */
export interface DisplayStore extends LiveStore {
  /** The time at which the display is paused, in Unix ms on the host's clock; `null` while it is live. */
  readonly pausedAt: number | null;
  pause(): void;
  /** Shows the present again, with all that came meanwhile. */
  resume(): void;
}

/** All that a page showed at one time. */
interface Snapshot {
  readonly now: number;
  readonly silentSince: number | null;
  readonly sensors: readonly ReportedSensor[];
  readonly of: { readonly [T in LoggedType]: TypeSnapshot<LoggedPayloads[T]> };
}

interface TypeSnapshot<Row extends { readonly t: number }> {
  readonly table: Timeline<Row>;
  readonly latest: Row | null;
  readonly last: Row | null;
  readonly isLost: boolean;
}

function typeSnapshot<T extends LoggedType>(store: LiveStore, type: T): TypeSnapshot<LoggedPayloads[T]> {
  const { rows, followsGap } = store.table(type);
  return {
    // A copy: the table drops old rows, and a snapshot must keep them.
    table: timelineOf([...rows], followsGap),
    latest: store.latest(type),
    last: store.last(type),
    isLost: store.isLost(type),
  };
}

function takeSnapshot(store: LiveStore): Snapshot {
  const of = Object.fromEntries(
    loggedTypes.map((type) => [type, typeSnapshot(store, type)]),
  ) as Snapshot['of'];
  return { now: store.hostNow(), silentSince: store.silentSince, sensors: store.sensors(), of };
}

/**
 * With `renderedAt` (Unix ms on the host's clock) it always shows that time and does not count as paused: the page then
 * matches the HTML that the server rendered.
 */
export function createDisplayStore(store: LiveStore, renderedAt: number | null = null): DisplayStore {
  const listeners = new Set<() => void>();
  let still: Snapshot | null = renderedAt === null ? null : { ...takeSnapshot(store), now: renderedAt };

  function show(next: Snapshot | null): void {
    still = next;
    for (const listener of [...listeners]) listener();
  }

  return {
    get pausedAt() {
      return renderedAt === null ? (still?.now ?? null) : null;
    },
    pause() {
      if (!still) show(takeSnapshot(store));
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
    // Not paused: the state of the connection, firing alerts and gaps.
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
