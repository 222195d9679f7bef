import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';

export interface FakeClock extends Clock {
  /** Advances time, timer by timer, with a turn of the event loop after each. */
  pass(ms: number): Promise<void>;
  /** Advances time, timer by timer, in one go. */
  advance(ms: number): void;
  /** Advances time at once: timers that came due meanwhile run late. */
  stall(ms: number): Promise<void>;
  /** Suspends the machine: the wall clock and the time since boot go on, nothing else does. */
  suspend(ms: number): void;
  /** Sets the wall clock, as an administrator or NTP does. */
  stepWall(ms: number): void;
  readonly pendingTimers: number;
  /** How long until the first timer is due; `null` without timers. */
  readonly nextInMs: number | null;
}

interface Timer {
  readonly at: number;
  readonly callBack: () => void;
}

/** A clock that moves only when a test advances it. */
export function fakeClock(startWallMs = 1_795_000_000_000): FakeClock {
  let monotonic = 500;
  let suspended = 60_000;
  let wallOffset = startWallMs - monotonic;
  const timers = new Set<Timer>();

  const earliest = () => [...timers].sort((a, b) => a.at - b.at)[0];

  function takeDue(until: number): Timer | null {
    const timer = earliest();
    if (!timer || timer.at > until) return null;
    timers.delete(timer);
    monotonic = Math.max(monotonic, timer.at);
    return timer;
  }

  async function runDue(until: number): Promise<void> {
    for (let timer = takeDue(until); timer; timer = takeDue(until)) {
      timer.callBack();
      await turn();
    }
  }

  return {
    wallMs: () => monotonic + wallOffset,
    monotonicMs: () => monotonic,
    bootMs: () => monotonic + suspended,
    after(delayMs, callBack) {
      const timer = { at: monotonic + delayMs, callBack };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(ms) {
      await turn();
      const until = monotonic + ms;
      await runDue(until);
      monotonic = until;
    },
    advance(ms) {
      const until = monotonic + ms;
      for (let timer = takeDue(until); timer; timer = takeDue(until)) timer.callBack();
      monotonic = until;
    },
    async stall(ms) {
      monotonic += ms;
      await runDue(monotonic);
    },
    suspend(ms) {
      suspended += ms;
      wallOffset += ms;
    },
    stepWall(ms) {
      wallOffset += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
    get nextInMs() {
      const timer = earliest();
      return timer ? timer.at - monotonic : null;
    },
  };
}

/** The system's clock except for the times that a test provides from its own variables. */
export const clockWith = (readings: Partial<Clock>): Clock => ({ ...systemClock, ...readings });
