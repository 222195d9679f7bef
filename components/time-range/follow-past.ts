import { request } from '@/lib/client/http';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { Timeline } from '@/lib/client/store/timeline';
import {
  isSampleType,
  type LoggedPayloads,
  type LoggedType,
  type SampleType,
  sampleTypes,
} from '@/lib/protocol/event-types';
import { metricsPerQueryMax } from '@/lib/protocol/limits';
import { sampleFieldOf } from '@/lib/protocol/metrics';
import type { Past, PastStatus } from '../charts/time-view';
import { type Column, joined, type MetricHistory, rowsOf } from './history-rows';
import { isPastType, pastStore } from './past-store';
import { isOver, rangeAt, type TimeChoice } from './time-choice';
import { wantedMetrics } from './wanted-metrics';

export interface PastOptions {
  readonly store: DisplayStore;
  readonly choice: TimeChoice;
  /** The event types that the page shows. */
  readonly types: readonly LoggedType[];
  readonly onChange: (past: Past, status: PastStatus) => void;
}

/** Points of a series: as many as a chart on a wide screen can show; fewer for tiles and tables. */
const drawnPoints = 900;
const shownPoints = 400;
const tickMsMin = 1_000;
const refreshMsMin = 10_000;
const tickMsMax = 60_000;

type Items<T> = { readonly items: readonly T[] };

/** Histories of metrics in as few requests as can be; `null` when the server does not answer. */
async function read(
  metrics: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  points: number,
  signal: AbortSignal,
): Promise<readonly MetricHistory[] | null> {
  const answers: MetricHistory[] = [];
  for (let first = 0; first < metrics.length; first += metricsPerQueryMax) {
    const query = new URLSearchParams(
      metrics.slice(first, first + metricsPerQueryMax).map((name) => ['metric', name]),
    );
    query.set('from', String(Math.floor(from)));
    query.set('to', String(Math.ceil(to)));
    query.set('points', String(points));
    const answer = await request<MetricHistory | Items<MetricHistory>>(`/api/history?${query}`, { signal });
    if (!answer.ok) return null;
    answers.push(...('items' in answer.value ? answer.value.items : [answer.value]));
  }
  return answers;
}

/** The metrics that the page needs and the server has; `null` when it does not answer. */
async function readWanted(store: DisplayStore, types: readonly SampleType[], signal: AbortSignal) {
  const known = await request<Items<{ name: string }>>('/api/metrics', { signal });
  if (!known.ok) return null;
  const names = new Set(known.value.items.map(({ name }) => name));
  const { drawn, shown } = wantedMetrics(store, types);
  return { drawn: drawn.filter((name) => names.has(name)), shown: shown.filter((name) => names.has(name)) };
}

/** The newest sample of a type with all of its items: one `sensor-data` event has only some of the sensors. */
function sampleOf<T extends LoggedType>(store: DisplayStore, type: T): LoggedPayloads[T] | null {
  const last = store.last(type);
  if (type !== 'sensor-data') return last;
  const sensors = store.sensors().map(({ sensor }) => sensor);
  return last && { ...last, sensors };
}

/**
 * Reports the samples of the chosen range at once and whenever they change. A range that ends now is refreshed as often
 * as charts of its length visibly change. Returns a function that stops it.
 */
export function followPast({ store, choice, types, onChange }: PastOptions): () => void {
  const stop = new AbortController();
  const asked = sampleTypes.filter((type) => types.includes(type) && isPastType(type));
  const spanMs = (({ from, to }) => to - from)(rangeAt(choice, 0));
  const tickMs = Math.min(tickMsMax, Math.max(tickMsMin, spanMs / 600));
  let histories: readonly MetricHistory[] = [];
  let status: PastStatus = 'loading';
  let readAt = 0;
  let isReading = false;

  /** Each type once per column and time. */
  function timelines(range: ReturnType<typeof rangeAt>) {
    const made = new Map<string, unknown>();
    return (column: Column) =>
      <T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]> => {
        const key = `${type} ${column}`;
        const before = made.get(key);
        if (before) return before as Timeline<LoggedPayloads[T]>;
        const sample = sampleOf(store, type);
        const own = histories.filter(({ metric }) => isOf(metric, type));
        const rows = sample && isSampleType(type) ? rowsOf(type, sample, own, range, column) : [];
        const now = joined(rows, store.table(type), {
          stepMs: stepOf(own),
          ...range,
        });
        made.set(key, now);
        return now;
      };
  }

  function show(): void {
    const range = rangeAt(choice, store.hostNow());
    const of = timelines(range);
    const past = {
      range,
      stepMs: stepOf(histories),
      gapMs: (type: LoggedType) =>
        Math.max(store.gapMsOf(type), 1.5 * stepOf(histories.filter(({ metric }) => isOf(metric, type)))),
      timeline: of('avg'),
      lows: of('min'),
      highs: of('max'),
    };
    onChange({ ...past, store: pastStore(store, past), isRead: true }, status);
  }

  async function refresh(): Promise<void> {
    isReading = true;
    await readAll();
    isReading = false;
    readAt = performance.now();
  }

  async function readAll(): Promise<void> {
    const range = rangeAt(choice, store.hostNow());
    const wanted = await readWanted(store, asked, stop.signal);
    const drawn = wanted && (await read(wanted.drawn, range, drawnPoints, stop.signal));
    if (stop.signal.aborted) return;
    // Charts first; the values of tables stay until the new ones have arrived.
    const before = histories;
    if (drawn) {
      const readNow = new Set(drawn.map(({ metric }) => metric));
      histories = [...drawn, ...before.filter(({ metric }) => !readNow.has(metric))];
    }
    status = drawn ? 'shown' : 'failed';
    show();
    if (!wanted || !drawn || wanted.shown.length === 0) return;
    const shown = await read(wanted.shown, range, shownPoints, stop.signal);
    if (stop.signal.aborted || !shown) return;
    histories = [...drawn, ...shown];
    show();
  }

  const timer = setInterval(() => {
    if (document.hidden || isOver(choice, store.hostNow()) || store.pausedAt !== null) return;
    if (!isReading && performance.now() - readAt >= Math.max(refreshMsMin, stepOf(histories))) refresh();
    else show();
  }, tickMs);
  refresh();
  return () => {
    stop.abort();
    clearInterval(timer);
  };
}

const isOf = (metric: string, type: LoggedType) => sampleFieldOf(metric)?.type === type;

const stepOf = (histories: readonly MetricHistory[]) =>
  histories.length === 0 ? 0 : Math.min(...histories.map(({ stepMs }) => stepMs));
