/** Two clocks: one for timestamps, another for timers. */
export interface Clock {
  /** Unix ms. May step by hours either way: for timestamps only. */
  wallMs(): number;
  /** Ms since an arbitrary start. Never steps: for schedules and ages. */
  monotonicMs(): number;
  /** Calls back once, `delayMs` from now; returns a function that cancels that. */
  after(delayMs: number, callBack: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callBack) {
    // The server keeps the process alive; timers must not.
    const timer = setTimeout(callBack, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
