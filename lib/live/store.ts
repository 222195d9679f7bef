import { type LoggedPayloads, type LoggedType, loggedTypes } from '@/lib/events/event-types';
import type { Gap, Hello, HostFacts } from '@/lib/events/payloads';
import { type ConnectionState, type FeedHandlers, openConnection } from './connection';
import { createTable, type Table } from './table';

/** What a page knows before its first event: rendered on the server, so that first paint has figures. */
export interface InitialState {
  readonly facts: HostFacts;
  readonly intervalMs: number;
  /** Unix ms on the host's clock when this was made. */
  readonly serverTime: number;
  readonly latest: Partial<LoggedPayloads>;
}

export interface LiveStore {
  table<T extends LoggedType>(type: T): Table<LoggedPayloads[T]>;
  /** The newest sample, as long as it still tells how things are now; `null` once it is stale. */
  latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** When the last sample of any type was taken, once all are stale; `null` while the host is heard. */
  readonly silentSince: number | null;
  readonly state: ConnectionState;
  readonly facts: HostFacts;
  readonly intervalMs: number;
  /** Unix ms on the watched host's clock, whatever this browser's says. */
  hostNow(): number;
  /** A distance between samples beyond which they are not joined by a line. */
  readonly holeMs: number;
  /** Called at most once a frame, and not at all while the page is hidden. */
  subscribe(listener: () => void): () => void;
  /** Connects, and returns the way to close. */
  connect(types: readonly LoggedType[]): () => void;
}

/** A sample this old is no longer shown as the present. */
const staleAfterMs = 6_000;
const staleAfterIntervals = 3;

/** Seconds that a live chart spans. */
export const liveSpanSeconds = 300;

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxRows: 2_000 };

/** The page's live data, without React: tables per event type, the connection's state, one notice a frame. */
export function createLiveStore(initial: InitialState): LiveStore {
  const tables = Object.fromEntries(loggedTypes.map((type) => [type, createTable(bounds)])) as {
    readonly [T in LoggedType]: Table<LoggedPayloads[T]>;
  };
  function fill<T extends LoggedType>(type: T): void {
    const row = initial.latest[type];
    if (row) tables[type].push(row as LoggedPayloads[T]);
  }
  for (const type of loggedTypes) fill(type);
  const listeners = new Set<() => void>();
  let state: ConnectionState = 'connecting';
  let facts = initial.facts;
  let intervalMs = initial.intervalMs;
  let clockOffsetMs = initial.serverTime - Date.now();
  let scheduled = false;

  function notify(): void {
    if (scheduled || typeof requestAnimationFrame === 'undefined') return;
    scheduled = true;
    // Frames stop in a hidden tab, so nothing is drawn there and one frame catches up.
    requestAnimationFrame(() => {
      scheduled = false;
      for (const listener of listeners) listener();
    });
  }

  function greet(hello: Hello): void {
    intervalMs = hello.intervalMs;
    const [first] = hello.hosts;
    if (first) facts = first;
    tellTime(hello.serverTime);
  }

  function tellTime(serverTime: number): void {
    clockOffsetMs = serverTime - Date.now();
    notify();
  }

  function take<T extends LoggedType>(type: T) {
    return (row: LoggedPayloads[T]) => {
      tables[type].push(row);
      notify();
    };
  }

  const handlers: FeedHandlers = {
    hello: greet,
    heartbeat: ({ serverTime }) => tellTime(serverTime),
    gap: (_gap: Gap) => notify(),
    ...(Object.fromEntries(loggedTypes.map((type) => [type, take(type)])) as FeedHandlers),
  };

  const hostNow = () => Date.now() + clockOffsetMs;
  const isStale = (t: number) => hostNow() - t > Math.max(staleAfterMs, intervalMs * staleAfterIntervals);

  return {
    table: (type) => tables[type],
    latest(type) {
      const row = tables[type].latest();
      return row && !isStale(row.t) ? row : null;
    },
    get silentSince() {
      const newest = Math.max(...Object.values(tables).map((table) => table.latest()?.t ?? 0));
      return newest > 0 && isStale(newest) ? newest : null;
    },
    get state() {
      return state;
    },
    get facts() {
      return facts;
    },
    get intervalMs() {
      return intervalMs;
    },
    get holeMs() {
      return intervalMs * 2.5;
    },
    hostNow,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connect(types) {
      const query = new URLSearchParams({ types: types.join(','), window: String(liveSpanSeconds) });
      const connection = openConnection({
        url: `/api/events?${query}`,
        handlers,
        onState(next) {
          state = next;
          notify();
        },
      });
      // The right edge of a chart moves on while nothing arrives, so that an outage is seen as it grows.
      const clock = setInterval(notify, 1000);
      return () => {
        clearInterval(clock);
        connection.close();
      };
    },
  };
}
