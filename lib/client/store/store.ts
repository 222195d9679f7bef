import { firingAfter } from '@/lib/health/firing';
import type { ReportedSensor } from '@/lib/health/sensors';
import {
  expectedPeriodMs,
  type FeedPayloads,
  type FeedType,
  type LoggedPayloads,
  type LoggedType,
  loggedTypes,
  type SampleType,
  sampleTypes,
  tellsTime,
} from '@/lib/protocol/event-types';
import type { FiringAlert, InitialState } from '@/lib/protocol/initial-state';
import type { Hello, HostFacts } from '@/lib/protocol/payloads';
import { type ConnectionState, type Frame, isWithin, liveSpanSeconds } from '../transport/frame';
import { createHostClock } from '../transport/host-clock';
import { createProgress } from '../transport/progress';
import type { FetchRecent } from '../transport/recent-events';
import { openTransport, type TransportKind } from '../transport/transport';
import { createGapRepair, type GapRepair } from './gap-repair';
import { createLastValues, type LastValues } from './last-values';
import { createLatencyHistogram, type Latency } from './latency';
import { createTable, type Table } from './table';
import { recentRows, type Timeline } from './timeline';

export interface LiveStore {
  table<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
  /** The newest sample, as long as it still tells how things are now; `null` once it is stale. */
  latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** The samples of the last `withinMs` up to `latest`, oldest first, as far back as nothing is missing. */
  recent<T extends LoggedType>(type: T, withinMs: number): readonly LoggedPayloads[T][];
  /** True while the host is heard but samples of this type no longer come. */
  isLost(type: LoggedType): boolean;
  /** When the last sample of any type was taken, once all are stale; `null` while the host is heard. */
  readonly silentSince: number | null;
  readonly state: ConnectionState;
  /** Whether this page shares its connection with the others of its origin. */
  readonly transport: TransportKind;
  /**
   * From the moment that the host's clock had at a sample to the frame that shows it, of what came while the
   * page was seen. The shortest way of a stamp to here cannot be known, and is not in it.
   */
  latency(): Latency;
  readonly facts: HostFacts;
  /** Where this browser was too slow to take what came: Unix ms on the host's clock, the oldest first. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** The alerts that are on, by their ids. */
  readonly firing: ReadonlyMap<string, FiringAlert>;
  readonly intervalMs: number;
  /** Unix ms on the watched host's clock, whatever this browser's says. */
  hostNow(): number;
  /** The newest sample, however old; `null` when none ever came: some hosts have no such reading. */
  last<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** Every sensor with its last word, however old. */
  sensors(): readonly ReportedSensor[];
  /** A distance between samples of this type beyond which they are not joined by a line. */
  gapMsOf(type: LoggedType): number;
  /** Called with each row of a type as it comes, also while the page is hidden. */
  listen<T extends LoggedType>(type: T, listener: (row: LoggedPayloads[T]) => void): () => void;
  /** Called at most once a frame, and not at all while the page is hidden. */
  subscribe(listener: () => void): () => void;
  /** Connects, and returns the way to close. */
  connect(types: readonly LoggedType[]): () => void;
}

/** A sample this old is no longer shown as the present; one that comes seldom, after three of its periods. */
const staleAfterMs = 6_000;
const staleAfterPeriods = 3;

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxRows: 4_000 };

type FrameHandlers = {
  readonly [T in FeedType | 'reset']?: (
    payload: T extends FeedType ? FeedPayloads[T] : unknown,
    ageMs: number,
  ) => void;
};

/** What is this late was held back for a page that nobody saw. */
const heldBackMs = 1_000;
const maxUnpainted = 256;
const maxHoles = 50;

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

type Tables = { readonly [T in LoggedType]: Table<LoggedPayloads[T]> };

const newTables = () =>
  Object.fromEntries(
    loggedTypes.map((type) => [type, createTable({ ...bounds, ordered: tellsTime(type) })]),
  ) as Tables;

/** What frames tell, as tables of their own; `words` hear of sensors in the order of the log. */
function tablesOf(frames: readonly Frame[], words: LastValues): Tables {
  const tables = newTables();
  for (const [type, data] of frames) {
    const row = JSON.parse(data);
    if (type in tables) tables[type as LoggedType].push(row);
    if (type === 'sensor-data') words.add(row);
    if (type === 'gap' || row.kind === 'shutdown') for (const table of Object.values(tables)) table.markGap();
  }
  return tables;
}

/** Where a store's events come from, and how much faster than they happened. */
export interface Source {
  readonly open: typeof openTransport;
  readonly rate: number;
}

/** The page's live data, without React: tables per event type, the connection's state, one notice a frame. */
export function createLiveStore(
  initial: InitialState,
  fetchRecent?: FetchRecent,
  source: Source = { open: openTransport, rate: 1 },
): LiveStore {
  const tables = newTables();
  const newest = Object.fromEntries(
    loggedTypes.map((type) => [type, { row: null, takenAtMs: Number.NEGATIVE_INFINITY }]),
  ) as { readonly [T in LoggedType]: Newest<LoggedPayloads[T]> };
  const clock = createHostClock(initial.serverTime, source.rate);
  const words = createLastValues(initial.sensors ?? []);
  if (initial.latest['sensor-data']) words.add(initial.latest['sensor-data']);
  const listeners = new Set<() => void>();
  const ears = new Set<(type: LoggedType, row: LoggedPayloads[LoggedType]) => void>();
  const latency = createLatencyHistogram();
  /** The samples that the next frame shows, by their `t`. */
  let unpainted: number[] = [];
  let state: ConnectionState = 'connecting';
  let transport: TransportKind = 'direct';
  let facts = initial.facts;
  let firing: ReadonlyMap<string, FiringAlert> = new Map(
    initial.firing?.map((alert) => [alert.alertId, alert]),
  );
  let intervalMs = initial.intervalMs;
  let scheduled = false;
  let mender: GapRepair | null = null;
  let greetedAtMs = performance.now();
  let catchUp: CatchUp | null = { sinceMs: greetedAtMs, serverTime: initial.serverTime };
  let gaps: LiveStore['gaps'] = [];
  /** The newest sample, and the one before what was skipped. */
  let toldAt = initial.serverTime;
  let skippedAfter: number | null = null;
  /** The `t` of each type's last row on this connection. */
  let heard: { [T in LoggedType]?: number } = {};

  // Kept out of the tables: the replay comes first, oldest row first, and brings this one again in its place.
  for (const type of loggedTypes) remember(type, initial.latest[type], 0);

  function remember<T extends LoggedType>(type: T, row: LoggedPayloads[T] | undefined, heldMs: number): void {
    if (!row) return;
    const ageMs = catchUp ? Math.max(0, clock.now() - row.t) : heldMs;
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
      // The next task comes after the frame is painted.
      if (unpainted.length > 0) setTimeout(measure, 0);
    });
  }

  function measure(): void {
    const now = clock.now();
    for (const t of unpainted) latency.add(now - t);
    unpainted = [];
  }

  /** To be measured, unless nobody sees it. */
  function awaitPaint(t: number, ageMs: number): void {
    if (ageMs > heldBackMs || unpainted.length >= maxUnpainted) return;
    if (typeof document === 'undefined' || document.visibilityState === 'hidden') unpainted = [];
    else unpainted.push(t);
  }

  function greet(hello: Hello, ageMs: number): void {
    intervalMs = hello.intervalMs;
    const [first] = hello.hosts;
    if (first) facts = withKnown(first, facts);
    heard = {};
    greetedAtMs = performance.now();
    catchUp = { sinceMs: greetedAtMs, serverTime: hello.serverTime };
    clock.restart();
    clock.add(hello.serverTime, ageMs);
    notify();
  }

  /** A heartbeat is sent only when there is nothing more to send. */
  function hearBeat(serverTime: number, ageMs: number): void {
    catchUp = null;
    clock.add(serverTime, ageMs);
    notify();
  }

  function tellTime(type: LoggedType, t: number, ageMs: number): void {
    const steppedBack = t < (heard[type] ?? 0);
    heard[type] = t;
    if (skippedAfter !== null && t > skippedAfter) {
      gaps = [...gaps.slice(1 - maxHoles), { from: skippedAfter, to: t }];
      skippedAfter = null;
    }
    toldAt = t;
    if (steppedBack) clock.restart();
    if (steppedBack || (catchUp && t > catchUp.serverTime)) catchUp = null;
    if (catchUp) return;
    clock.add(t, ageMs);
    awaitPaint(t, ageMs);
  }

  function take<T extends LoggedType>(type: T) {
    return (row: LoggedPayloads[T], ageMs: number) => {
      if (tellsTime(type)) tellTime(type, row.t, ageMs);
      tables[type].push(row);
      if (!catchUp || row.t >= (newest[type].row?.t ?? 0)) remember(type, row, ageMs);
      for (const ear of ears) ear(type, row);
      notify();
    };
  }

  function tear(): void {
    for (const table of Object.values(tables)) table.markGap();
    notify();
  }

  /** What is newer than what came here is still to come. */
  function mend(frames: readonly Frame[], alerts: readonly Frame[]): void {
    const had = frames.filter(([, , id]) => id === '' || isWithin(id, progress.lastEventId));
    const whole = tablesOf(had, words);
    const mendOne = <T extends SampleType>(type: T) => {
      tables[type].replaceRange(whole[type]);
      const last = whole[type].latest();
      if (last && last.t > (newest[type].row?.t ?? 0))
        remember(type, last, Math.max(0, clock.now() - last.t));
    };
    for (const type of sampleTypes) mendOne(type);
    for (const [type, data] of alerts)
      if (type === 'system-alert') firing = firingAfter(firing, JSON.parse(data));
    const since = Math.min(...sampleTypes.map((type) => whole[type].rows[0]?.t ?? Number.POSITIVE_INFINITY));
    gaps = gaps.filter(({ from }) => from < since);
    notify();
  }

  const handlers: FrameHandlers = {
    hello: greet,
    heartbeat: ({ serverTime }, ageMs) => hearBeat(serverTime, ageMs),
    ...(Object.fromEntries(loggedTypes.map((type) => [type, take(type)])) as FrameHandlers),
    gap({ reason, toId }) {
      // Another log has other alerts; of its own, a client loses none.
      if (reason === 'other-log') firing = new Map();
      // What this client has missed, the server has. Its own gaps hold samples alone.
      if (reason === 'too-slow') {
        mender?.schedule(toId === null ? progress.lastEventId : '');
        skippedAfter ??= toldAt;
      }
      tear();
    },
    reset: tear,
    'sensor-data'(row, ageMs) {
      take('sensor-data')(row, ageMs);
      words.add(row);
    },
    'system-alert'(alert, ageMs) {
      firing = firingAfter(firing, alert);
      take('system-alert')(alert, ageMs);
      // Nothing was watched from here to the next start, however soon that was.
      if (alert.kind === 'shutdown') tear();
    },
  };

  const progress = createProgress(([type, data, , ageMs]: Frame) => {
    const handle = handlers[type as keyof FrameHandlers] as
      | ((payload: unknown, ageMs: number) => void)
      | undefined;
    handle?.(JSON.parse(data), ageMs);
  });

  const isOld = (sinceMs: number, periodMs = intervalMs) =>
    (catchUp?.sinceMs ?? performance.now()) - sinceMs > Math.max(staleAfterMs, periodMs * staleAfterPeriods);
  const gapMsOf = (type: LoggedType) => expectedPeriodMs(type, intervalMs) * 2.5;

  function latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
    const { row, takenAtMs } = newest[type];
    return isOld(takenAtMs, expectedPeriodMs(type, intervalMs)) ? null : row;
  }

  function silentSince(): number | null {
    if (catchUp) return null;
    const samples = loggedTypes
      .filter((type) => tellsTime(type) || type === 'sensor-data')
      .map((type) => newest[type]);
    const [last] = samples.sort((a, b) => b.takenAtMs - a.takenAtMs);
    return last?.row && isOld(last.takenAtMs) ? last.row.t : null;
  }

  return {
    table: (type) => tables[type],
    latest,
    recent: (type, withinMs) => recentRows(tables[type], latest(type), { withinMs, gapMs: gapMsOf(type) }),
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
    get transport() {
      return transport;
    },
    latency: latency.read,
    get facts() {
      return facts;
    },
    get gaps() {
      return gaps;
    },
    get firing() {
      return firing;
    },
    get intervalMs() {
      return intervalMs;
    },
    last: (type) => newest[type].row,
    sensors: words.all,
    gapMsOf,
    hostNow: clock.now,
    listen(type, listener) {
      const ear = (of: LoggedType, row: LoggedPayloads[LoggedType]) => {
        if (of === type) listener(row as LoggedPayloads[typeof type]);
      };
      ears.add(ear);
      return () => ears.delete(ear);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    connect(types) {
      const link = source.open({
        types,
        progress,
        fetchRecent,
        onKind(kind) {
          transport = kind;
          notify();
        },
        onState(next) {
          if (next === state) return;
          state = next;
          if (next !== 'live') catchUp = null;
          notify();
        },
      });
      if (fetchRecent) mender = createGapRepair({ fetchRecent, types, onFrames: mend });
      // The right edge of a chart moves on while nothing arrives, so that an outage is seen as it grows.
      const clockwork = setInterval(notify, 1000);
      return () => {
        clearInterval(clockwork);
        mender?.close();
        mender = null;
        link.close();
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
