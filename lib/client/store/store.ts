import { firingAfter } from '@/lib/health/firing';
import type { ReportedSensor } from '@/lib/health/sensors';
import {
  carriesTime,
  expectedPeriodMs,
  type FeedPayloads,
  type FeedType,
  type LoggedPayloads,
  type LoggedType,
  loggedTypes,
  type SampleType,
  sampleTypes,
} from '@/lib/protocol/event-types';
import type { FiringAlert, InitialState } from '@/lib/protocol/initial-state';
import type { Hello, HostFacts, SystemAlert } from '@/lib/protocol/payloads';
import { Subscribable } from '../subscribable';
import { type ConnectionState, type Frame, isWithin, liveSpanSeconds } from '../transport/frame';
import { createHostClock, type HostClock } from '../transport/host-clock';
import { createProgress } from '../transport/page-position';
import type { FetchRecent } from '../transport/recent-events';
import { openTransport, type TransportKind } from '../transport/transport';
import { Freshness } from './freshness';
import { createGapRepair, type GapRepair } from './gap-repair';
import { createLastValues, type LastValues } from './last-values';
import { type Latency, PaintLatency } from './latency';
import { createTable, type Table } from './table';
import { recentRows, type Timeline } from './timeline';

/** The page's live data, without React: tables per event type, the connection's state, one notification a frame. */
export interface LiveStore {
  table<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]>;
  /** The newest sample, while it stands for the present; `null` once it is stale. */
  latest<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** The samples of the last `withinMs` up to `latest`, oldest first, as far back as nothing is missing. */
  recent<T extends LoggedType>(type: T, withinMs: number): readonly LoggedPayloads[T][];
  /** True while samples of other types arrive but none of this type. */
  isLost(type: LoggedType): boolean;
  /** When the last sample of any type was taken, once all are stale; `null` while any is fresh. */
  readonly silentSince: number | null;
  readonly state: ConnectionState;
  /** Whether this page shares its connection with the others of its origin. */
  readonly transport: TransportKind;
  /**
   * From a sample's time to the frame that shows it, while the page is visible. The shortest transit time is unknown
   * and not included, because the host's clock is estimated from the same samples.
   */
  latency(): Latency;
  readonly facts: HostFacts;
  /** Where this browser was too slow and events were dropped: Unix ms on the host's clock, the oldest first. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** The firing alerts by their ids. */
  readonly firing: ReadonlyMap<string, FiringAlert>;
  readonly intervalMs: number;
  /** Unix ms on the host's clock, independent of this browser's. */
  hostNow(): number;
  /** The newest sample, however old; `null` when there never was one, as on hosts without such a collector. */
  last<T extends LoggedType>(type: T): LoggedPayloads[T] | null;
  /** Every sensor with its last value, however old. */
  sensors(): readonly ReportedSensor[];
  /** Samples of this type that are further apart than this are not joined by a line. */
  gapMsOf(type: LoggedType): number;
  /** Called with each row of a type as it arrives, also while the page is hidden. */
  listen<T extends LoggedType>(type: T, listener: (row: LoggedPayloads[T]) => void): () => void;
  /** Called at most once a frame, and never while the page is hidden. */
  subscribe(listener: () => void): () => void;
  /** Connects; returns the function that disconnects. */
  connect(types: readonly LoggedType[]): () => void;
}

const bounds = { maxAgeMs: (liveSpanSeconds + 30) * 1000, maxRows: 4_000 };
const gapsMax = 50;

type Handler<T> = (payload: T extends FeedType ? FeedPayloads[T] : unknown, ageMs: number) => void;
type FrameHandlers = { readonly [T in FeedType | 'reset']?: Handler<T> };
type Tables = { readonly [T in LoggedType]: Table<LoggedPayloads[T]> };

const newTables = () =>
  Object.fromEntries(
    loggedTypes.map((type) => [type, createTable({ ...bounds, ordered: carriesTime(type) })]),
  ) as Tables;

/** Fetched frames as tables of their own. Sensor values go to `lastValues`, in the order of the log. */
function tablesOf(frames: readonly Frame[], lastValues: LastValues): Tables {
  const tables = newTables();
  for (const [type, data] of frames) {
    const row = JSON.parse(data);
    if (type in tables) tables[type as LoggedType].push(row);
    if (type === 'sensor-data') lastValues.add(row);
    if (type === 'gap' || row.kind === 'shutdown') markGap(tables);
  }
  return tables;
}

function markGap(tables: Tables): void {
  for (const table of Object.values(tables)) table.markGap();
}

/** Where a store's events come from, and how much faster than they happened. */
export interface Source {
  readonly open: typeof openTransport;
  readonly rate: number;
}

export class FeedStore implements LiveStore {
  readonly #tables = newTables();
  readonly #changes = new Subscribable();
  readonly #rows = new Subscribable<[type: LoggedType, row: LoggedPayloads[LoggedType]]>();
  readonly #fetchRecent: FetchRecent | undefined;
  readonly #source: Source;
  readonly #clock: HostClock;
  readonly #freshness: Freshness;
  readonly #lastValues: LastValues;
  readonly #latency = new PaintLatency();
  readonly #handlers = this.#createHandlers();
  readonly #progress = createProgress(([type, data, , ageMs]) => {
    const handle = this.#handlers[type as keyof FrameHandlers] as Handler<unknown> | undefined;
    handle?.(JSON.parse(data), ageMs);
  });
  #state: ConnectionState = 'connecting';
  #transport: TransportKind = 'direct';
  #facts: HostFacts;
  #firing: ReadonlyMap<string, FiringAlert>;
  #isFrameRequested = false;
  #gapRepair: GapRepair | null = null;
  #gaps: LiveStore['gaps'] = [];
  /** The `t` of the newest sample, and of the one before a gap that is not closed yet. */
  #sampledAt: number;
  #gapFrom: number | null = null;
  /** The `t` of each type's last row on this connection. */
  #lastAt: { [T in LoggedType]?: number } = {};

  constructor(
    initial: InitialState,
    fetchRecent?: FetchRecent,
    source: Source = { open: openTransport, rate: 1 },
  ) {
    this.#fetchRecent = fetchRecent;
    this.#source = source;
    this.#clock = createHostClock(initial.serverTime, source.rate);
    // The tables stay empty: the replay brings these rows again, after older ones.
    this.#freshness = new Freshness(this.#clock, initial);
    this.#lastValues = createLastValues(initial.sensors ?? []);
    const sensorData = initial.latest['sensor-data'];
    if (sensorData) this.#lastValues.add(sensorData);
    this.#facts = initial.facts;
    this.#firing = new Map(initial.firing?.map((alert) => [alert.alertId, alert]));
    this.#sampledAt = initial.serverTime;
  }

  readonly subscribe = this.#changes.subscribe;

  get silentSince() {
    return this.#freshness.silentSince;
  }

  get state() {
    return this.#state;
  }

  get transport() {
    return this.#transport;
  }

  get facts() {
    return this.#facts;
  }

  get gaps() {
    return this.#gaps;
  }

  get firing() {
    return this.#firing;
  }

  get intervalMs() {
    return this.#freshness.intervalMs;
  }

  table<T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]> {
    return this.#tables[type];
  }

  latest<T extends LoggedType>(type: T) {
    return this.#freshness.latest(type);
  }

  last<T extends LoggedType>(type: T) {
    return this.#freshness.last(type);
  }

  recent<T extends LoggedType>(type: T, withinMs: number): readonly LoggedPayloads[T][] {
    return recentRows<LoggedPayloads[T]>(this.#tables[type], this.latest(type), {
      withinMs,
      gapMs: this.gapMsOf(type),
    });
  }

  isLost(type: LoggedType): boolean {
    return this.#state === 'live' && this.#freshness.isLost(type);
  }

  latency(): Latency {
    return this.#latency.read();
  }

  sensors(): readonly ReportedSensor[] {
    return this.#lastValues.all();
  }

  gapMsOf(type: LoggedType): number {
    return expectedPeriodMs(type, this.intervalMs) * 2.5;
  }

  hostNow(): number {
    return this.#clock.now();
  }

  listen<T extends LoggedType>(type: T, listener: (row: LoggedPayloads[T]) => void): () => void {
    return this.#rows.subscribe((of, row) => {
      if (of === type) listener(row as LoggedPayloads[T]);
    });
  }

  connect(types: readonly LoggedType[]): () => void {
    const fetchRecent = this.#fetchRecent;
    const link = this.#source.open({
      types,
      progress: this.#progress,
      fetchRecent,
      onKind: (kind) => {
        this.#transport = kind;
        this.#notify();
      },
      onState: (state) => this.#enter(state),
    });
    if (fetchRecent)
      this.#gapRepair = createGapRepair({
        fetchRecent,
        types,
        onFrames: (frames, alerts) => this.#fillGaps(frames, alerts),
      });
    // The right edge of a chart moves on while nothing arrives, so that an outage is seen as it grows.
    const redraw = setInterval(() => this.#notify(), 1000);
    return () => {
      clearInterval(redraw);
      this.#gapRepair?.close();
      this.#gapRepair = null;
      link.close();
    };
  }

  #createHandlers(): FrameHandlers {
    const add = Object.fromEntries(
      loggedTypes.map((type) => [
        type,
        (row: LoggedPayloads[typeof type], ageMs: number) => this.#add(type, row, ageMs),
      ]),
    ) as FrameHandlers;
    return {
      ...add,
      hello: (hello, ageMs) => this.#greet(hello, ageMs),
      heartbeat: ({ serverTime }, ageMs) => {
        // Sent only when there is nothing more to send.
        this.#freshness.endCatchUp();
        this.#clock.add(serverTime, ageMs);
        this.#notify();
      },
      gap: (gap) => this.#handleGap(gap),
      reset: () => this.#markGap(),
      'sensor-data': (row, ageMs) => {
        this.#add('sensor-data', row, ageMs);
        this.#lastValues.add(row);
      },
      'system-alert': (alert, ageMs) => this.#addAlert(alert, ageMs),
    };
  }

  #notify(): void {
    if (this.#isFrameRequested || typeof requestAnimationFrame === 'undefined') return;
    this.#isFrameRequested = true;
    // Frames stop in a hidden tab, so nothing is drawn there and one frame catches up.
    requestAnimationFrame(() => {
      this.#isFrameRequested = false;
      this.#changes.notify();
      // The next task runs after the frame is painted.
      if (this.#latency.isPending) setTimeout(() => this.#latency.painted(this.#clock.now()), 0);
    });
  }

  #enter(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    if (state !== 'live') this.#freshness.endCatchUp();
    this.#notify();
  }

  #greet(hello: Hello, ageMs: number): void {
    this.#freshness.intervalMs = hello.intervalMs;
    const [first] = hello.hosts;
    if (first) this.#facts = withKnown(first, this.#facts);
    this.#lastAt = {};
    this.#freshness.greet(hello.serverTime);
    this.#clock.restart();
    this.#clock.add(hello.serverTime, ageMs);
    this.#notify();
  }

  #add<T extends LoggedType>(type: T, row: LoggedPayloads[T], ageMs: number): void {
    if (carriesTime(type)) this.#addTime(type, row.t, ageMs);
    this.#tables[type].push(row);
    this.#freshness.add(type, row, ageMs);
    this.#rows.notify(type, row);
    this.#notify();
  }

  /** Sets the host's clock by a sample that was taken at `t`. */
  #addTime(type: LoggedType, t: number, ageMs: number): void {
    const steppedBack = t < (this.#lastAt[type] ?? 0);
    this.#lastAt[type] = t;
    if (this.#gapFrom !== null && t > this.#gapFrom) {
      this.#gaps = [...this.#gaps.slice(1 - gapsMax), { from: this.#gapFrom, to: t }];
      this.#gapFrom = null;
    }
    this.#sampledAt = t;
    if (steppedBack) {
      this.#clock.restart();
      this.#freshness.endCatchUp();
    }
    this.#freshness.reached(t);
    if (this.#freshness.isCatchingUp) return;
    this.#clock.add(t, ageMs);
    this.#latency.await(t, ageMs);
  }

  #addAlert(alert: SystemAlert, ageMs: number): void {
    this.#firing = firingAfter(this.#firing, alert);
    this.#add('system-alert', alert, ageMs);
    // Nothing was sampled from here to the next start, however soon that was.
    if (alert.kind === 'shutdown') this.#markGap();
  }

  #handleGap({ reason, toId }: FeedPayloads['gap']): void {
    // Another log has other alerts; within its own, a client loses none.
    if (reason === 'other-log') this.#firing = new Map();
    // The server still has what only this client has missed. Gaps of the server's own contain no alerts.
    if (reason === 'too-slow') {
      this.#gapRepair?.schedule(toId === null ? this.#progress.lastEventId : '');
      this.#gapFrom ??= this.#sampledAt;
    }
    this.#markGap();
  }

  #markGap(): void {
    markGap(this.#tables);
    this.#notify();
  }

  /** Takes fetched frames into the tables. Frames beyond this client's position will still arrive by the feed. */
  #fillGaps(frames: readonly Frame[], alerts: readonly Frame[]): void {
    const received = frames.filter(([, , id]) => id === '' || isWithin(id, this.#progress.lastEventId));
    const fetched = tablesOf(received, this.#lastValues);
    const fill = <T extends SampleType>(type: T) => {
      this.#tables[type].replaceRange(fetched[type]);
      this.#freshness.backfill(type, fetched[type].latest());
    };
    for (const type of sampleTypes) fill(type);
    for (const [type, data] of alerts)
      if (type === 'system-alert') this.#firing = firingAfter(this.#firing, JSON.parse(data));
    const since = Math.min(
      ...sampleTypes.map((type) => fetched[type].rows[0]?.t ?? Number.POSITIVE_INFINITY),
    );
    this.#gaps = this.#gaps.filter(({ from }) => from < since);
    this.#notify();
  }
}

/** Known facts are kept: a server that has just started may not have collected them all yet. */
function withKnown(reported: HostFacts, known: HostFacts): HostFacts {
  if (reported.host !== known.host) return reported;
  const values = Object.entries(reported).filter(([, value]) => value !== null);
  return { ...known, ...Object.fromEntries(values) };
}
