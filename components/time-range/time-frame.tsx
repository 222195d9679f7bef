'use client';

import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import { LiveView, useLiveStore } from '@/lib/client/react/hooks';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { LoggedType } from '@/lib/protocol/event-types';
import type { ReplaySpeed } from '@/lib/protocol/limits';
import { type TimeView, TimeViewContext } from '../charts/time-view';
import { late } from '../ui/lazy-part';
import { LatePart } from '../ui/part-missing';
import { useHydrated } from '../ui/use-hydrated';
import { AnnotationTrack, type Marked } from './annotation-track';
import { BadTime } from './bad-time';
import type { Opened } from './control-input';
import { choiceFor } from './pan-and-zoom';
import { RangeBar } from './range-bar';
import { asksTime, choiceOf, rangeAt, replaySpeedOf, searchWith, type TimeChoice } from './time-choice';
import { useGestures } from './use-gestures';
import { usePast } from './use-past';
import { pushSearch, useSearch } from './use-search';
import { useTimeKeys } from './use-time-keys';

const replayBar = late(() => import('./replay-bar').then((module) => module.ReplayBar));
const openedForm = late(() => import('./opened-form').then((module) => module.OpenedForm));

/** The server makes no longer file. */
const exportMsMax = 24 * 3_600_000;

const unmarked: Marked = { marks: [], gaps: [] };

/** The same object as long as the same time is chosen, also when the rest of the address changes. */
function useChoice(search: URLSearchParams, store: DisplayStore): TimeChoice {
  const text = useMemo(() => JSON.stringify(choiceOf(search, store.hostNow())), [search, store]);
  return useMemo(() => JSON.parse(text) as TimeChoice, [text]);
}

export interface TimeFrameProps {
  /** What the page shows of history. */
  readonly types: readonly LoggedType[];
  /** Above the controls; of the replayed time. */
  readonly headline: ReactNode;
  readonly children: ReactNode;
}

/** The time that all charts below show: in the address, so that a link shows the same to others. */
export function TimeFrame({ types, headline, children }: TimeFrameProps) {
  const store = useLiveStore();
  const search = useSearch();
  const isHydrated = useHydrated();
  const box = useRef<HTMLDivElement>(null);
  const choice = useChoice(search, store);
  /** What is shown while it is still being moved. */
  const [moved, setMoved] = useState<TimeRange | null>(null);
  const [marked, setMarked] = useState(unmarked);
  const { past, status, retry } = usePast(store, types, isHydrated ? choice : null, moved);

  const speed = isHydrated ? replaySpeedOf(search, choice) : null;
  const [replayed, setReplayed] = useState<DisplayStore | null>(null);

  const go = useCallback((next: TimeChoice, replay?: ReplaySpeed) => {
    setMoved(null);
    const steps = (history.state?.timeSteps ?? 0) + 1;
    pushSearch(searchWith(location.search, next, replay), { timeSteps: steps });
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address changes with the place in the history.
  const canGoBack = useMemo(() => isHydrated && history.state?.timeSteps > 0, [isHydrated, search]);
  const [opened, setOpened] = useState<Opened>(null);
  const press = useTimeKeys({ choice, now: store.hostNow, onGo: go, onOpen: setOpened });

  const view = useMemo<TimeView>(
    () => ({
      past: speed ? null : past,
      shows: speed ? 'replay' : past ? 'past' : 'present',
      ...marked,
      select: (range) => go(choiceFor(range, store.hostNow())),
    }),
    [past, speed, marked, go, store],
  );
  const range = past?.range ?? null;
  const shownRange = () => range ?? rangeAt(choice, store.hostNow());
  useGestures({
    box,
    range: shownRange,
    now: store.hostNow,
    onMove: setMoved,
    onLetGo: (next) => go(choiceFor(next, store.hostNow())),
  });
  const replay = () => {
    const { from, to } = rangeAt(choice, store.hostNow());
    const stretch = { kind: 'fixed', from: Math.round(from), to: Math.round(to) } as const;
    // A stretch of a day is seen within half an hour, one of minutes as it was.
    const fitting = to - from <= 600_000 ? 1 : to - from <= 7_200_000 ? 10 : 60;
    go(stretch, speed ? undefined : fitting);
  };

  const exportAddress = () => {
    const { from, to } = shownRange();
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
          isReplayed={speed !== null}
          onReplay={replay}
          exportAddress={shown.to - shown.from > exportMsMax ? null : exportAddress}
          track={
            isHydrated && <AnnotationTrack store={store} choice={choice} range={range} onMarks={setMarked} />
          }
        />
        {asksTime(search) && <BadTime search={search} />}
        {opened && (
          <LatePart
            of={openedForm}
            props={{
              opened,
              onClose: () => setOpened(null),
              choice,
              range: shownRange,
              now: store.hostNow,
              onGo: go,
            }}
          />
        )}
        {speed !== null && choice.kind === 'fixed' && (
          <LatePart
            of={replayBar}
            props={{
              live: store,
              types,
              range: choice,
              speed,
              onStore: setReplayed,
              onSpeed: (next: ReplaySpeed) => go(choice, next),
              onLeave: () => go(choice),
            }}
          />
        )}
        <LiveView store={(speed ? replayed : past?.store) ?? null}>{children}</LiveView>
      </div>
    </TimeViewContext>
  );
}
