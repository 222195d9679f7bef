'use client';

import { useSearchParams } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { LoggedType } from '@/lib/events/event-types';
import { LiveView, useLive, useLiveStore } from '@/lib/live/hooks';
import type { DisplayStore } from '@/lib/live/pausable';
import type { TimeRange } from '../charts/time-domain';
import { type TimeView, TimeViewContext } from '../charts/time-view';
import { useIsHere } from '../ui/use-is-here';
import { happenedSince, happeningsHeard } from './heard';
import type { Marked } from './lane';
import { RangeBar } from './range-bar';
import {
  asksTime,
  choiceOf,
  type ReplaySpeed,
  rangeAt,
  replaySpeedOf,
  searchWith,
  type TimeChoice,
} from './time-choice';
import { useLateControls } from './use-late-controls';
import { usePast } from './use-past';

const BadTime = lazy(() => import('./bad-time').then((module) => ({ default: module.BadTime })));

const ReplayBar = lazy(() => import('./replay-bar').then((module) => ({ default: module.ReplayBar })));

/** The server makes no longer file. */
const longestExportMs = 24 * 3_600_000;

const unmarked: Marked = { marks: [], gaps: [] };

const loadLane = () => Promise.all([import('./lane'), import('../alerts/late-parts')]);
type LaneParts = Awaited<ReturnType<typeof loadLane>>;

/** Loaded with what happens while the page is open, with another time, or when the reader asks. */
function useLane(isWanted: boolean): LaneParts | null {
  const [parts, setParts] = useState<LaneParts | null>(null);
  useEffect(() => {
    // Without it charts are shown all the same.
    if (isWanted) loadLane().then(setParts, () => {});
  }, [isWanted]);
  return parts;
}

/** Events of before the page opened are all here by then. */
const replayedMs = 4_000;

/** Whether something happened while the page is open, whatever time it is about. */
function useHappened(store: DisplayStore): boolean {
  const [openedAt] = useState(store.hostNow);
  const [known, setKnown] = useState(Number.POSITIVE_INFINITY);
  useEffect(() => {
    const timer = setTimeout(() => setKnown(happeningsHeard(store)), replayedMs);
    return () => clearTimeout(timer);
  }, [store]);
  return useLive((live) => happenedSince(live, openedAt) || happeningsHeard(live) > known);
}

export interface TimeFrameProps {
  /** What the page shows of history. */
  readonly types: readonly LoggedType[];
  /** Above the controls; of the moment that is played. */
  readonly headline: ReactNode;
  readonly children: ReactNode;
}

/** The time that the charts below show together: in the address, so that a link shows the same to somebody else. */
export function TimeFrame({ types, headline, children }: TimeFrameProps) {
  const store = useLiveStore();
  const search = useSearchParams();
  const isHere = useIsHere();
  const box = useRef<HTMLDivElement>(null);
  const choice = useMemo(() => choiceOf(search, store.hostNow()), [search, store]);
  /** What is shown while it is still being moved. */
  const [moved, setMoved] = useState<TimeRange | null>(null);
  const [marked, setMarked] = useState(unmarked);
  const { past, status, retry } = usePast(store, types, isHere ? choice : null, moved);
  const [isAsked, setAsked] = useState(false);
  const happened = useHappened(store);
  const [part, alertParts] = useLane(happened || isAsked || choice.kind !== 'live') ?? [];

  const speed = isHere ? replaySpeedOf(search, choice) : null;
  const [replayed, setReplayed] = useState<DisplayStore | null>(null);

  const go = useCallback((next: TimeChoice, replay?: ReplaySpeed) => {
    setMoved(null);
    const steps = (history.state?.timeSteps ?? 0) + 1;
    const address = `${location.pathname}${searchWith(location.search, next, replay)}${location.hash}`;
    history.pushState({ timeSteps: steps }, '', address);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address changes with the place in the history.
  const canGoBack = useMemo(() => isHere && history.state?.timeSteps > 0, [isHere, search]);
  const { opened, setOpened, pressed, press, Controls } = useLateControls(box);

  const view = useMemo<TimeView>(
    () => ({
      past: speed ? null : past,
      shows: speed ? 'replay' : past ? 'past' : 'present',
      ...marked,
      select: (range) => import('./choose').then(({ choiceFor }) => go(choiceFor(range, store.hostNow()))),
    }),
    [past, speed, marked, go, store],
  );
  const range = past?.range ?? null;
  const replay = () => {
    const { from, to } = rangeAt(choice, store.hostNow());
    const stretch = { kind: 'fixed', from: Math.round(from), to: Math.round(to) } as const;
    // A stretch of a day is seen within half an hour, one of minutes as it was.
    const fitting = to - from <= 600_000 ? 1 : to - from <= 7_200_000 ? 10 : 60;
    go(stretch, speed ? undefined : fitting);
  };

  const exportAddress = () => {
    const { from, to } = range ?? rangeAt(choice, store.hostNow());
    return `/api/history/export.html?from=${Math.round(from)}&to=${Math.round(to)}`;
  };
  const shown = rangeAt(choice, 0);

  return (
    <TimeViewContext value={view}>
      <LiveView store={speed ? replayed : null}>{headline}</LiveView>
      <div ref={box} className="flex flex-1 flex-col gap-3">
        <RangeBar
          choice={choice}
          past={past}
          status={status}
          onGo={go}
          onKey={press}
          onRetry={retry}
          canGoBack={canGoBack}
          opened={opened}
          onOpen={setOpened}
          onAskLane={() => setAsked(true)}
          isReplayed={speed !== null}
          onReplay={replay}
          exportAddress={shown.to - shown.from > longestExportMs ? null : exportAddress}
          lane={
            part &&
            alertParts && (
              <part.Lane store={store} choice={choice} parts={alertParts} range={range} onMarks={setMarked} />
            )
          }
        />
        {asksTime(search) && (
          <Suspense>
            <BadTime />
          </Suspense>
        )}
        {Controls && (
          <Controls
            box={box}
            pressed={pressed}
            opened={opened}
            onOpen={setOpened}
            choice={choice}
            range={() => range ?? rangeAt(choice, store.hostNow())}
            now={store.hostNow}
            onMove={setMoved}
            onGo={go}
          />
        )}
        {speed !== null && choice.kind === 'fixed' && (
          <Suspense>
            <ReplayBar
              live={store}
              types={types}
              range={choice}
              speed={speed}
              onStore={setReplayed}
              onSpeed={(next) => go(choice, next)}
              onLeave={() => go(choice)}
            />
          </Suspense>
        )}
        <LiveView store={(speed ? replayed : past?.store) ?? null}>{children}</LiveView>
      </div>
    </TimeViewContext>
  );
}
