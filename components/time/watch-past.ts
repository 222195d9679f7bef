import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import type { DisplayStore } from '@/lib/live/pausable';
import type { Timeline } from '@/lib/live/timeline';
import type { Past } from '../charts/time-view';
import { ask } from '../ui/ask';
import { joined, type MetricHistory, rowsOf } from './history-rows';
import { rangeAt, type TimeChoice } from './time-choice';

export type PastStatus = 'loading' | 'shown' | 'failed';

export interface PastOptions {
  readonly store: DisplayStore;
  readonly choice: TimeChoice;
  readonly metrics: readonly string[];
  readonly tell: (past: Past, status: PastStatus) => void;
}

/** As many as one request takes. */
const atOnce = 24;
const points = 900;
const leastTickMs = 1_000;
const leastRefreshMs = 10_000;
const longestTickMs = 60_000;

type Items<T> = { readonly items: readonly T[] };

/** All metrics in as few requests as can be; `null` when the server does not answer. */
async function read(
  metrics: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<readonly MetricHistory[] | null> {
  const known = await ask<Items<{ name: string }>>('/api/metrics', { signal });
  if (!known.ok) return null;
  const names = new Set(known.value.items.map(({ name }) => name));
  const asked = metrics.filter((metric) => names.has(metric));
  const answers: MetricHistory[] = [];
  for (let first = 0; first < asked.length; first += atOnce) {
    const query = new URLSearchParams(asked.slice(first, first + atOnce).map((name) => ['metric', name]));
    query.set('from', String(Math.floor(from)));
    query.set('to', String(Math.ceil(to)));
    query.set('points', String(points));
    const answer = await ask<MetricHistory | Items<MetricHistory>>(`/api/history?${query}`, { signal });
    if (!answer.ok) return null;
    answers.push(...('items' in answer.value ? answer.value.items : [answer.value]));
  }
  return answers;
}

/**
 * Tells what is known of the chosen time, at once and whenever it changes. Where it ends now it goes on, at the pace
 * at which it can be seen to. Returns the way to stop.
 */
export function watchPast({ store, choice, metrics, tell }: PastOptions): () => void {
  const stop = new AbortController();
  const spanMs = (({ from, to }) => to - from)(rangeAt(choice, 0));
  const tickMs = Math.min(longestTickMs, Math.max(leastTickMs, spanMs / 600));
  let histories: readonly MetricHistory[] = [];
  let status: PastStatus = 'loading';
  let readAt = 0;

  function show(): void {
    const range = rangeAt(choice, store.hostNow());
    const stepMs = histories[0]?.stepMs ?? 0;
    const made = new Map<LoggedType, unknown>();
    const timeline = <T extends LoggedType>(type: T): Timeline<LoggedPayloads[T]> => {
      const before = made.get(type);
      if (before) return before as Timeline<LoggedPayloads[T]>;
      const sample = store.last(type);
      const own = histories.filter(({ metric }) => metric.startsWith(`${type}.`));
      const now = joined(sample ? rowsOf(sample, own) : [], store.table(type), { stepMs, ...range });
      made.set(type, now);
      return now;
    };
    tell({ range, holeMs: Math.max(3 * store.intervalMs, 1.5 * stepMs), timeline }, status);
  }

  async function refresh(): Promise<void> {
    readAt = performance.now();
    const answer = await read(metrics, rangeAt(choice, store.hostNow()), stop.signal);
    if (stop.signal.aborted) return;
    if (answer) histories = answer;
    status = answer ? 'shown' : 'failed';
    show();
  }

  const timer = setInterval(() => {
    if (document.hidden || choice.kind === 'fixed' || store.pausedAt !== null) return;
    const stepMs = histories[0]?.stepMs ?? 0;
    if (performance.now() - readAt >= Math.max(leastRefreshMs, stepMs)) refresh();
    else show();
  }, tickMs);
  refresh();
  return () => {
    stop.abort();
    clearInterval(timer);
  };
}
