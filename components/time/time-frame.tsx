'use client';

import { useSearchParams } from 'next/navigation';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { LoggedType } from '@/lib/events/event-types';
import { LiveView, useLiveStore } from '@/lib/live/hooks';
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

export interface TimeFrameProps {
  /** What the page shows of history. */
  readonly types: readonly LoggedType[];
  readonly children: ReactNode;
}

/** The time that the charts below show together: in the address, so that a link shows the same to somebody else. */
export function TimeFrame({ types, children }: TimeFrameProps) {
  const store = useLiveStore();
  const search = useSearchParams();
  const isHere = useIsHere();
  const choice = useMemo(() => choiceOf(search), [search]);
  const [shown, setShown] = useState<Shown | null>(null);
  const [attempt, setAttempt] = useState(0);
  const [broken, setBroken] = useState(false);

  const go = useCallback((next: TimeChoice) => {
    history.pushState(null, '', `${location.pathname}${searchWith(location.search, next)}${location.hash}`);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads the same once more.
  useEffect(() => {
    if (choice.kind === 'live') return;
    let stop: (() => void) | null = null;
    let isOver = false;
    setBroken(false);
    // Most visits stay with the present.
    import('./watch-past').then(
      ({ watchPast }) => {
        if (isOver) return;
        const tell = (past: Past, status: PastStatus) => setShown({ of: choice, past, status });
        stop = watchPast({ store, choice, types, tell });
      },
      () => setBroken(true),
    );
    return () => {
      isOver = true;
      stop?.();
    };
  }, [store, choice, types, attempt]);

  const isCurrent = shown?.of === choice;
  const past = useMemo<Past | null>(() => {
    if (choice.kind === 'live' || !isHere) return null;
    if (shown?.of === choice) return shown.past;
    const range = rangeAt(choice, store.hostNow());
    // What was shown before stays until the answer is there, where it belongs in time.
    if (shown) return { ...shown.past, range };
    const none = { stepMs: 0, holeMs: () => 0, store: null, parts: null };
    return { ...none, range, timeline: () => nothing, lows: () => nothing, highs: () => nothing };
  }, [choice, isHere, shown, store]);
  const view = useMemo<TimeView>(
    () => ({ past, select: (range) => go(choiceFor(range, store.hostNow())) }),
    [past, go, store],
  );
  const status = broken ? 'failed' : isCurrent ? shown.status : 'loading';

  return (
    <TimeViewContext value={view}>
      <RangeBar
        choice={choice}
        range={past?.range ?? null}
        stepMs={past?.stepMs ?? 0}
        status={status}
        now={store.hostNow}
        onGo={go}
        onRetry={() => setAttempt((count) => count + 1)}
      />
      <LiveView store={past?.store ?? null}>{children}</LiveView>
    </TimeViewContext>
  );
}
