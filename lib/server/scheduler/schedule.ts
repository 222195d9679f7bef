import type { Clock } from '@/lib/server/concurrency/clock';
import { CollectorState, type CollectorStatus } from './collector-state';
import { startTicks } from './ticks';

export interface ScheduleOptions<Result> {
  readonly periodMs: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
  isWanted(): boolean;
  call(signal: AbortSignal): Promise<Result>;
  /** Takes a result and its arrival in Unix ms. After the deadline it is late. An exception counts as a failure. */
  take(result: Result, t: number, isLate: boolean): void;
}

/** The schedule of one collector or event source with its own period, independent of all others. */
export interface CollectionSchedule {
  /** Starts at once when it has become wanted, and pauses when it no longer is. */
  update(): void;
  /** Begins no more calls and aborts the running one. */
  stop(): void;
  readonly status: CollectorStatus;
}

/** Calls at once and then at multiples of the period while it is wanted; aborts a call at its deadline. */
export function openSchedule<Result>(options: ScheduleOptions<Result>): CollectionSchedule {
  const { periodMs, deadlineMs, clock } = options;
  const state = new CollectorState(periodMs);
  let stopTicks: (() => void) | null = null;
  let giveUp = () => {};

  async function call(): Promise<void> {
    const beganMs = clock.monotonicMs();
    const aborter = new AbortController();
    let isLate = false;
    const timeOut = () => {
      isLate = true;
      state.timedOut(beganMs, deadlineMs);
      aborter.abort();
    };
    const cancelDeadline = clock.after(deadlineMs, timeOut);
    giveUp = () => {
      cancelDeadline();
      if (!isLate) timeOut();
    };
    try {
      const result = await options.call(aborter.signal);
      const t = Math.floor(clock.wallMs());
      options.take(result, t, isLate);
      if (!isLate) state.succeeded(t);
    } catch (error) {
      if (!isLate) state.failed(error);
    } finally {
      cancelDeadline();
      if (!isLate) giveUp = () => {};
    }
  }

  function pause(): void {
    stopTicks?.();
    stopTicks = null;
  }

  return {
    update() {
      if (!options.isWanted()) pause();
      else {
        stopTicks ??= startTicks({
          intervalMs: periodMs,
          clock,
          onTick() {
            giveUp();
            if (state.isDue(clock.monotonicMs())) void call();
          },
        });
      }
    },
    stop() {
      pause();
      giveUp();
    },
    get status() {
      return state.status;
    },
  };
}
