import { useEffect, useMemo, useState } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { Annotation } from './annotation';
import { annotationRevision } from './annotation-count';
import { type Found, readAnnotations } from './read-annotations';
import { isOver, rangeAt, type TimeChoice } from './time-choice';
import { useAnnotationTexts } from './use-annotation-text';

/** The feed of a page has no custom types, and a gap is known once it is over: both are fetched. */
const refreshEveryMs = 20_000;
/** Events that come together are fetched together. */
const gatherMs = 100;
/** What is stamped a little ahead of the clock here is of now. */
const aheadMs = 300_000;
const nothing: Found = { events: [], gaps: [], isCut: false };

const keyOf = ({ events, gaps, isCut }: Found) => JSON.stringify([events.map(({ id }) => id), gaps, isCut]);

export interface Annotations {
  readonly all: readonly Annotation[];
  readonly isCut: boolean;
}

/** The annotations of the shown range, refreshed while it ends now. */
export function useAnnotations(store: DisplayStore, choice: TimeChoice): Annotations {
  const texts = useAnnotationTexts();
  const revision = useLive(annotationRevision);
  const [found, setFound] = useState(nothing);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new event is a reason to fetch.
  useEffect(() => {
    const stop = new AbortController();
    const refresh = async () => {
      if (document.hidden) return;
      const { from, to } = rangeAt(choice, store.hostNow());
      const range = { from, to: choice.kind === 'fixed' ? to : to + aheadMs };
      const answer = await readAnnotations(range, stop.signal);
      if (!answer || stop.signal.aborted) return;
      // Charts draw their marks anew when these change.
      setFound((old) => (keyOf(old) === keyOf(answer) ? old : answer));
    };
    const soon = setTimeout(refresh, gatherMs);
    const timer = setInterval(() => !isOver(choice, store.hostNow()) && refresh(), refreshEveryMs);
    return () => {
      stop.abort();
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [store, choice, revision]);

  const { gaps } = store;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts change with the language, which loads the page again.
  const all = useMemo(() => {
    const tooSlow = gaps.map((gap) => ({ ...gap, cause: 'client-too-slow' }));
    return [
      ...found.events.map(texts.event).filter((one) => one !== null),
      ...[...found.gaps, ...tooSlow].map(texts.gap),
    ];
  }, [found, gaps]);
  return { all, isCut: found.isCut };
}
