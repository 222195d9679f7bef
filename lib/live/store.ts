import {
  expectedPeriodMs,
  type LoggedPayloads,
  type LoggedType,
  loggedTypes,
} from '@/lib/events/event-types';
import type { Hello, HostFacts } from '@/lib/events/payloads';
import { type ConnectionState, type FeedHandlers, openConnection } from './connection';
import { createHostClock } from './host-clock';
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
  /** The samples of the last `withinMs` up to `latest`, oldest first, as far back as nothing is missing. */
  recent<T extends LoggedType>(type: T, withinMs: number): readonly LoggedPayloads[T][];
  /** True while the host is heard but samples of this type no longer come. */
  isLost(type: LoggedType): boolean;
  /** When the last sample of any type was taken, once all are stale; `null` while the host is heard. */
  readonly silentSince: number | null;
  readonly state: ConnectionState;
  readonly facts: HostFacts;
  readonly intervalMs: number;
  /** Unix ms on the watched host's clock, whatever this browser's says. */
  hostNow(): number;
  /** The newest sample, however old; `null` when none ever came: some hosts have no such reading. */
  last<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** A distance between samples of this type beyond which they are not joined by a line. */
  holeMsOf(type: LoggedType): number;
  /** Called at most once a frame, and not at all while the page is hidden. */
  subscribe(listener: () => void): () => void;
  /** Connects, and returns the way to close. */
  connect(types: readonly LoggedType[]): () => void;
}

/** A sample this old is no longer shown as the present; one that comes seldom, after three of its periods. */
const staleAfterMs = 6_000;
const staleAfterPeriods = 3;

/** What the sampler alone writes: its `t` is the host's clock. Whoever publishes may put any time there. */
const sampled: ReadonlySet<LoggedType> = new Set([
  'cpu',
  'memory',
  'pressure',
  'network',
  'disk',
  'filesystem',
  'processes',
  'containers',
]);

/** Seconds that a live chart spans. */
export const liveSpanSeconds = 300;

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxRows: 2_000 };

/** The newest row of a type, and when it was taken on this browser's monotonic clock. */
interface Newest<Row> {
  row: Row | null;
  takenAtMs: number;
}

/**
 * What is replayed is older than the greeting. Until the first row that is younger, how old things are is judged
 * as of the greeting: a slow link is not a silent host.
 */
interface CatchUp {
  readonly sinceMs: number;
  readonly serverTime: number;
}

/** The page's live data, without React: tables per event type, the connection's state, one notice a frame. */
export function createLiveStore(initial: InitialState): LiveStore {
  const tables = Object.fromEntries(
    loggedTypes.map((type) => [type, createTable({ ...bounds, ordered: sampled.has(type) })]),
  ) as {
    readonly [T in LoggedType]: Table<LoggedPayloads[T]>;
  };
  const newest = Object.fromEntries(
    loggedTypes.map((type) => [type, { row: null, takenAtMs: Number.NEGATIVE_INFINITY }]),
  ) as { readonly [T in LoggedType]: Newest<LoggedPayloads[T]> };
  const clock = createHostClock(initial.serverTime);
  const listeners = new Set<() => void>();
  let state: ConnectionState = 'connecting';
  let facts = initial.facts;
  let intervalMs = initial.intervalMs;
  let scheduled = false;
  let greetedAtMs = performance.now();
  let catchUp: CatchUp | null = { sinceMs: greetedAtMs, serverTime: initial.serverTime };
  /** The `t` of each type's last row on this connection. */
  let heard: { [T in LoggedType]?: number } = {};

  // Kept out of the tables: the replay comes first, oldest row first, and brings this one again in its place.
  for (const type of loggedTypes) remember(type, initial.latest[type]);

  function remember<T extends LoggedType>(type: T, row: LoggedPayloads[T] | undefined): void {
    if (!row) return;
    const ageMs = catchUp ? Math.max(0, clock.now() - row.t) : 0;
    newest[type].row = row;
    newest[type].takenAtMs = performance.now() - ageMs;
  }

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
    if (first) facts = withKnown(first, facts);
    heard = {};
    greetedAtMs = performance.now();
    catchUp = { sinceMs: greetedAtMs, serverTime: hello.serverTime };
    clock.restart();
    clock.hear(hello.serverTime);
    notify();
  }

  /** A heartbeat is sent only when there is nothing more to send. */
  function hearBeat(serverTime: number): void {
    catchUp = null;
    clock.hear(serverTime);
    notify();
  }

  function tellTime(type: LoggedType, t: number): void {
    const steppedBack = t < (heard[type] ?? 0);
    heard[type] = t;
    if (steppedBack) clock.restart();
    if (steppedBack || (catchUp && t > catchUp.serverTime)) catchUp = null;
    if (!catchUp) clock.hear(t);
  }

  function take<T extends LoggedType>(type: T) {
    return (row: LoggedPayloads[T]) => {
      if (sampled.has(type)) tellTime(type, row.t);
      tables[type].push(row);
      if (!catchUp || row.t >= (newest[type].row?.t ?? 0)) remember(type, row);
      notify();
    };
  }

  function tear(): void {
    for (const table of Object.values(tables)) table.tear();
    notify();
  }

  const handlers: FeedHandlers = {
    hello: greet,
    heartbeat: ({ serverTime }) => hearBeat(serverTime),
    ...(Object.fromEntries(loggedTypes.map((type) => [type, take(type)])) as FeedHandlers),
    gap: tear,
    'system-alert'(alert) {
      take('system-alert')(alert);
      // Nothing was watched from here to the next start, however soon that was.
      if (alert.kind === 'shutdown') tear();
    },
  };

  const isOld = (sinceMs: number, periodMs = intervalMs) =>
    (catchUp?.sinceMs ?? performance.now()) - sinceMs > Math.max(staleAfterMs, periodMs * staleAfterPeriods);
  const holeMsOf = (type: LoggedType) => expectedPeriodMs(type, intervalMs) * 2.5;

  function latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
    const { row, takenAtMs } = newest[type];
    return isOld(takenAtMs, expectedPeriodMs(type, intervalMs)) ? null : row;
  }

  function silentSince(): number | null {
    if (catchUp) return null;
    const samples = [...sampled, 'sensor-data' as const].map((type) => newest[type]);
    const [last] = samples.sort((a, b) => b.takenAtMs - a.takenAtMs);
    return last?.row && isOld(last.takenAtMs) ? last.row.t : null;
  }

  return {
    table: (type) => tables[type],
    latest,
    recent(type, withinMs) {
      const last = latest(type);
      if (!last) return [];
      const { rows, isTorn } = tables[type];
      if (rows.at(-1) !== last) return [last];
      let first = rows.length - 1;
      for (let next = rows[first]; next && !isTorn(next); next = rows[first]) {
        const before = rows[first - 1];
        if (!before || next.t - before.t > holeMsOf(type) || last.t - before.t >= withinMs) break;
        first -= 1;
      }
      return rows.slice(first);
    },
    isLost: (type) =>
      state === 'live' &&
      !catchUp &&
      isOld(greetedAtMs, expectedPeriodMs(type, intervalMs)) &&
      silentSince() === null &&
      latest(type) === null,
    get silentSince() {
      return silentSince();
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
    last: (type) => newest[type].row,
    holeMsOf,
    hostNow: clock.now,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connect(types) {
      const wanted = new Set<LoggedType>([...types, 'system-alert']);
      const query = new URLSearchParams({ types: [...wanted].join(','), window: String(liveSpanSeconds) });
      const connection = openConnection({
        url: `/api/events?${query}`,
        handlers,
        onState(next) {
          state = next;
          if (next !== 'live') catchUp = null;
          notify();
        },
      });
      // The right edge of a chart moves on while nothing arrives, so that an outage is seen as it grows.
      const clockwork = setInterval(notify, 1000);
      return () => {
        clearInterval(clockwork);
        connection.close();
      };
    },
  };
}

/** What is known of a host stays known: a server that has just started may not have found it out yet. */
function withKnown(told: HostFacts, known: HostFacts): HostFacts {
  if (told.host !== known.host) return told;
  const news = Object.entries(told).filter(([, value]) => value !== null);
  return { ...known, ...Object.fromEntries(news) };
}
