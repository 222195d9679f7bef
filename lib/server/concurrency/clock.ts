import { uptime } from 'node:os';

/** Time for every part of the server. Its three times drift apart when the machine sleeps or a clock is set. */
export interface Clock {
  /** Unix ms. May be set by hours either way: for timestamps only. */
  wallMs(): number;
  /** Ms since an arbitrary start. Never steps, and stands still while the machine is suspended: for intervals and ages. */
  monotonicMs(): number;
  /** Ms since the machine started, suspension included. May start a system call or a process: not for hot paths. */
  bootMs(): number;
  /** Calls back once, `delayMs` from now; returns a function that cancels that. Does not keep the process alive. */
  after(delayMs: number, callBack: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  bootMs: () => uptime() * 1_000,
  after(delayMs, callBack) {
    const timer = setTimeout(callBack, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
