import { useCallback, useEffect, useRef, useState } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/display-store';
import { openReplay, type ReplayState } from '@/lib/client/store/replay';
import type { LoggedType } from '@/lib/protocol/event-types';
import type { ReplaySpeed } from '@/lib/protocol/limits';

export interface ReplayOptions {
  readonly live: DisplayStore;
  readonly types: readonly LoggedType[];
  readonly range: TimeRange;
  readonly speed: ReplaySpeed;
  /** The host as it was; `null` when nothing is played any more. */
  readonly onStore: (store: DisplayStore | null) => void;
}

export interface ReplayPlayer {
  readonly state: ReplayState | 'paused';
  /** The shown time, Unix ms. */
  readonly at: number;
  play(): void;
  pause(): void;
  seek(t: number): void;
}

const tickMs = 200;
const isEnd = (state: ReplayState) => state === 'over' || state === 'present';

/** Plays a stretch of the past, from its beginning or from where it was left. */
export function useReplay({ live, types, range, speed, onStore }: ReplayOptions): ReplayPlayer {
  const [state, setState] = useState<ReplayState>('opening');
  const [isPaused, setPaused] = useState(false);
  const [at, setAt] = useState(range.from);
  /** Where the next run begins; a new one each time that the reader goes somewhere. */
  const [start, setStart] = useState({ t: range.from });
  const position = useRef(start);

  // Only a new place or another stretch of time begins elsewhere; another speed goes on where it was.
  useEffect(() => {
    position.current = start;
    setAt(start.t);
  }, [start]);
  useEffect(() => setStart({ t: range.from }), [range.from]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new start is a new run.
  useEffect(() => {
    if (isPaused) return;
    const from = Math.min(Math.max(position.current.t, range.from), range.to - 1);
    const hold = (t: number) => {
      const held = Math.min(range.to, Math.max(from, t));
      position.current = { t: held };
      setAt(held);
    };
    let isOver = false;
    setState('opening');
    const replay = openReplay({
      live,
      types,
      from,
      to: range.to,
      speed,
      onState(next) {
        setState(next);
        if (next === 'playing') onStore(replay.store);
        if (!isEnd(next)) return;
        isOver = true;
        replay.close();
        hold(next === 'over' ? range.to : replay.store.hostNow());
      },
    });
    const timer = setInterval(() => !isOver && hold(replay.store.hostNow()), tickMs);
    return () => {
      clearInterval(timer);
      replay.close();
    };
  }, [live, types, range.from, range.to, speed, isPaused, start, onStore]);
  useEffect(() => () => onStore(null), [onStore]);

  const seek = useCallback((t: number) => {
    // At once, or a slider would be put back to where it was.
    setAt(t);
    setStart({ t });
  }, []);
  return {
    state: isPaused ? 'paused' : state,
    at,
    play() {
      if (isEnd(state)) setStart({ t: range.from });
      setPaused(false);
    },
    pause: () => setPaused(true),
    seek,
  };
}
