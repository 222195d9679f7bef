import { useEffect, useMemo, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { LoggedType } from '@/lib/protocol/event-types';
import type { Past, PastStatus } from '../charts/time-view';
import { followPast } from './follow-past';
import { rangeAt, type TimeChoice } from './time-choice';

interface Shown {
  readonly of: TimeChoice;
  readonly past: Past;
  readonly status: PastStatus;
}

export interface PastState {
  /** `null` while the present is shown. */
  readonly past: Past | null;
  readonly status: PastStatus;
  /** Reads history once more. */
  retry(): void;
}

/** What is known of the time that the reader chose. `choice` is `null` until the browser has taken the page over. */
export function usePast(
  store: DisplayStore,
  types: readonly LoggedType[],
  choice: TimeChoice | null,
  moved: TimeRange | null,
): PastState {
  const [shown, setShown] = useState<Shown | null>(null);
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads the same once more.
  useEffect(() => {
    if (!choice || choice.kind === 'live') return;
    const onChange = (past: Past, status: PastStatus) => setShown({ of: choice, past, status });
    return followPast({ store, choice, types, onChange });
  }, [store, choice, types, attempt]);

  const past = useMemo<Past | null>(() => {
    if (!choice || (choice.kind === 'live' && !moved)) return null;
    const isCurrent = shown?.of === choice;
    if (isCurrent && !moved) return shown.past;
    const range = moved ?? rangeAt(choice, store.hostNow());
    // What was shown before stays until the answer is there, where it belongs in time; before it, what is live.
    if (shown && choice.kind !== 'live') return { ...shown.past, range };
    const { table: timeline, gapMsOf: gapMs } = store;
    return {
      range,
      stepMs: 0,
      gapMs,
      timeline,
      lows: timeline,
      highs: timeline,
      store: null,
      isRead: false,
    };
  }, [choice, moved, shown, store]);

  const status = shown && shown.of === choice ? shown.status : 'loading';
  return { past, status, retry: () => setAttempt((count) => count + 1) };
}
