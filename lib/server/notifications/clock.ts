/** Time and chance; tests bring their own. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  random(): number;
  /** Calls back once; returns the way to call that off. */
  after(ms: number, callBack: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  after(ms, callBack) {
    const timer = setTimeout(callBack, ms).unref();
    return () => clearTimeout(timer);
  },
};
