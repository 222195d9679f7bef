'use client';

import { useSearchParams } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useLiveStore } from '@/lib/live/hooks';
import { timelineOf } from '@/lib/live/timeline';
import { type Past, type TimeView, TimeViewContext } from '../charts/time-view';
import { useIsHere } from '../ui/use-is-here';
import { RangeBar } from './range-bar';
import { choiceFor, choiceOf, rangeAt, searchWith, type TimeChoice } from './time-choice';
import type { PastStatus } from './watch-past';

interface Shown {
  readonly of: TimeChoice;
  readonly past: Past;
  readonly status: PastStatus;
}

const nothing = timelineOf<never>([]);

/** The metrics that the charts on the page need, in one order. */
function useWanted() {
  const [wanted] = useState(() => new Map<symbol, readonly string[]>());
  const [key, setKey] = useState('');
  const want = useCallback(
    (metrics: readonly string[]) => {
      const chart = Symbol('chart');
      const tell = () => setKey([...new Set([...wanted.values()].flat())].sort().join('\n'));
      wanted.set(chart, metrics);
      tell();
      return () => {
        wanted.delete(chart);
        tell();
      };
    },
    [wanted],
  );
  return { key, want };
}

/** The time that the charts below show together: in the address, so that a link shows the same to somebody else. */
export function TimeFrame({ children }: { readonly children: ReactNode }) {
  const store = useLiveStore();
  const search = useSearchParams();
  const isHere = useIsHere();
  const choice = useMemo(() => choiceOf(search), [search]);
  const { key, want } = useWanted();
  const [shown, setShown] = useState<Shown | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [broken, setBroken] = useState(false);

  const go = useCallback((next: TimeChoice) => {
    history.pushState(null, '', `${location.pathname}${searchWith(location.search, next)}${location.hash}`);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads the same once more.
  useEffect(() => {
    if (choice.kind === 'live' || key === '') return;
    let stop: (() => void) | null = null;
    let isOver = false;
    setBroken(false);
    // Most visits stay with the present.
    import('./watch-past').then(
      ({ watchPast }) => {
        if (isOver) return;
        const tell = (past: Past, status: PastStatus) => setShown({ of: choice, past, status });
        stop = watchPast({ store, choice, metrics: key.split('\n'), tell });
      },
      () => setBroken(true),
    );
    return () => {
      isOver = true;
      stop?.();
    };
  }, [store, choice, key, attempt]);

  const isCurrent = shown?.of === choice;
  const past = useMemo<Past | null>(() => {
    if (choice.kind === 'live' || !isHere) return null;
    if (shown?.of === choice) return shown.past;
    const range = rangeAt(choice, store.hostNow());
    // What was shown before stays until the answer is there, where it belongs in time.
    return shown ? { ...shown.past, range } : { range, holeMs: 0, timeline: () => nothing };
  }, [choice, isHere, shown, store]);
  const view = useMemo<TimeView>(
    () => ({ past, want, select: (range) => go(choiceFor(range, store.hostNow())) }),
    [past, want, go, store],
  );
  const status = broken ? 'failed' : isCurrent ? shown.status : 'loading';

  return (
    <TimeViewContext value={view}>
      <RangeBar
        choice={choice}
        range={past?.range ?? null}
        status={status}
        now={store.hostNow}
        onGo={go}
        onRetry={() => setAttempt((count) => count + 1)}
      />
      {children}
    </TimeViewContext>
  );
}
