/** Time as the sampler needs it: one clock to say when, another to wait by. */
export interface Clock {
  /** Unix ms. May step by hours either way, so it only stamps. */
  wallMs(): number;
  /** Ms since any fixed moment. Never steps, so it schedules. */
  monotonicMs(): number;
  /** Calls back once, `delayMs` from now; returns the way to call that off. */
  after(delayMs: number, callBack: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callBack) {
    // What keeps the process alive is its server; a sampler alone should not.
    const timer = setTimeout(callBack, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
