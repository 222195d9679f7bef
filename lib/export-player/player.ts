/** Where a recording stands: Unix ms. */
export interface PlayerState {
  readonly t: number;
  readonly isPlaying: boolean;
  readonly speed: number;
  /** Where the reader points; what is shown is of there. */
  readonly pointed: number | null;
}

export const speeds = [1, 10, 60, 600] as const;

/** As long as a recording takes, at most, at the speed that it begins with. */
const wholeMs = 90_000;

export interface Player {
  readonly state: PlayerState;
  /** The moment that is shown. */
  shown(): number;
  play(): void;
  pause(): void;
  toggle(): void;
  seek(t: number): void;
  setSpeed(speed: number): void;
  point(t: number | null): void;
  /** So much time has passed for the reader. */
  advance(elapsedMs: number): void;
}

/** A recording that begins at its end, where all of it is to be seen, and plays from its beginning. */
export function createPlayer(from: number, to: number, onChange: () => void): Player {
  const within = (t: number) => Math.min(to, Math.max(from, t));
  let state: PlayerState = {
    t: to,
    isPlaying: false,
    speed: speeds.find((speed) => (to - from) / speed <= wholeMs) ?? 600,
    pointed: null,
  };
  function change(part: Partial<PlayerState>): void {
    state = { ...state, ...part };
    onChange();
  }
  const play = () => change({ isPlaying: true, pointed: null, t: state.t >= to ? from : state.t });
  const pause = () => change({ isPlaying: false });
  return {
    get state() {
      return state;
    },
    shown: () => state.pointed ?? state.t,
    play,
    pause,
    toggle: () => (state.isPlaying ? pause() : play()),
    seek: (t) => change({ t: within(t), pointed: null }),
    setSpeed: (speed) => change({ speed }),
    point(t) {
      if (t !== state.pointed) change({ pointed: t === null ? null : within(t) });
    },
    advance(elapsedMs) {
      if (!state.isPlaying) return;
      const t = within(state.t + elapsedMs * state.speed);
      change({ t, isPlaying: t < to });
    },
  };
}
