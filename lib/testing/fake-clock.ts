import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@/lib/server/scheduler/clock';

export interface FakeClock extends Clock {
  /** Advances time, timer by timer, with a turn of the event loop after each. */
  pass(ms: number): Promise<void>;
  /** Advances time at once: timers that came due meanwhile run late. */
  stall(ms: number): Promise<void>;
  /** Sets the wall clock, as an administrator or NTP does. */
  stepWall(ms: number): void;
  readonly pendingTimers: number;
}

interface Timer {
  readonly at: number;
  readonly callBack: () => void;
}

/** A clock that moves only when a test advances it. */
export function fakeClock(startWallMs: number): FakeClock {
  let monotonic = 500;
  let wallOffset = startWallMs - monotonic;
  const timers = new Set<Timer>();

  const earliest = () => [...timers].sort((a, b) => a.at - b.at)[0];

  async function runDue(until: number, isLate: boolean): Promise<void> {
    for (let timer = earliest(); timer && timer.at <= until; timer = earliest()) {
      timers.delete(timer);
      if (!isLate) monotonic = Math.max(monotonic, timer.at);
      timer.callBack();
      await turn();
    }
  }

  return {
    monotonicMs: () => monotonic,
    wallMs: () => monotonic + wallOffset,
    after(delayMs, callBack) {
      const timer = { at: monotonic + delayMs, callBack };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async pass(ms) {
      await turn();
      const until = monotonic + ms;
      await runDue(until, false);
      monotonic = until;
    },
    async stall(ms) {
      monotonic += ms;
      await runDue(monotonic, true);
    },
    stepWall(ms) {
      wallOffset += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
