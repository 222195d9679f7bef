import { useEffect, useMemo, useState } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import type { DisplayStore } from '@/lib/client/store/pausable';
import type { Annotation } from './annotation';
import { annotationRevision } from './annotation-count';
import { type Found, readAnnotations } from './read-annotations';
import { isOver, rangeAt, type TimeChoice } from './time-choice';
import { useAnnotationTexts } from './use-annotation-text';

/** Types of users' own are not heard by a page, and a hole is known once it is over: they are looked for. */
const lookEveryMs = 20_000;
/** What comes at once is asked for at once. */
const gatherMs = 100;
/** What is stamped a little ahead of the clock here is of now. */
const aheadMs = 300_000;
const nothing: Found = { events: [], gaps: [], isCut: false };

const keyOf = ({ events, gaps, isCut }: Found) => JSON.stringify([events.map(({ id }) => id), gaps, isCut]);

export interface Annotations {
  readonly all: readonly Annotation[];
  readonly isCut: boolean;
}

/** What happened in the time that is shown, kept up while it goes on. */
export function useAnnotations(store: DisplayStore, choice: TimeChoice): Annotations {
  const words = useAnnotationTexts();
  const heard = useLive(annotationRevision);
  const [found, setFound] = useState(nothing);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is heard is a reason to look.
  useEffect(() => {
    const stop = new AbortController();
    const look = async () => {
      if (document.hidden) return;
      const { from, to } = rangeAt(choice, store.hostNow());
      const range = { from, to: choice.kind === 'fixed' ? to : to + aheadMs };
      const answer = await readAnnotations(range, stop.signal);
      if (!answer || stop.signal.aborted) return;
      // Charts draw their marks anew when these change.
      setFound((old) => (keyOf(old) === keyOf(answer) ? old : answer));
    };
    const soon = setTimeout(look, gatherMs);
    const timer = setInterval(() => !isOver(choice, store.hostNow()) && look(), lookEveryMs);
    return () => {
      stop.abort();
      clearTimeout(soon);
      clearInterval(timer);
    };
  }, [store, choice, heard]);

  const { gaps } = store;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the words change with the language, which loads the page anew.
  const all = useMemo(() => {
    const tooSlow = gaps.map((hole) => ({ ...hole, cause: 'client-too-slow' }));
    return [
      ...found.events.map(words.event).filter((one) => one !== null),
      ...[...found.gaps, ...tooSlow].map(words.gap),
    ];
  }, [found, gaps]);
  return { all, isCut: found.isCut };
}
