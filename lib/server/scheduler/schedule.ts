import type { Clock } from './clock';
import { type Fared, openTrackRecord } from './collector-state';
import { startTicks } from './ticks';

export interface LaneOptions<Answer> {
  readonly periodMs: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
  isWanted(): boolean;
  ask(signal: AbortSignal): Promise<Answer>;
  /** Takes an answer and the moment it came, Unix ms. One after the deadline is late. What it throws is a failure. */
  take(answer: Answer, t: number, isLate: boolean): void;
}

/** One thing that is asked at its own pace, and holds nothing else up. */
export interface Lane {
  /** Starts at once when it has come to be wanted, and pauses when it is wanted no more. */
  attend(): void;
  /** No call begins any more, and the one that runs is aborted. */
  stop(): void;
  fared(): Fared;
}

/** Asks at once and then at multiples of its period, for as long as it is wanted; a hung call is cut at its deadline. */
export function openLane<Answer>(options: LaneOptions<Answer>): Lane {
  const { periodMs, deadlineMs, clock } = options;
  const record = openTrackRecord(periodMs);
  let stopTicks: (() => void) | null = null;
  let giveUp = () => {};

  async function ask(): Promise<void> {
    const beganMs = clock.monotonicMs();
    const aborter = new AbortController();
    let isLate = false;
    const cut = () => {
      isLate = true;
      record.hung(beganMs, deadlineMs);
      aborter.abort();
    };
    const callOffDeadline = clock.after(deadlineMs, cut);
    giveUp = () => {
      callOffDeadline();
      if (!isLate) cut();
    };
    try {
      const answer = await options.ask(aborter.signal);
      const t = Math.floor(clock.wallMs());
      options.take(answer, t, isLate);
      if (!isLate) record.answered(t);
    } catch (error) {
      if (!isLate) record.failed(error);
    } finally {
      callOffDeadline();
      if (!isLate) giveUp = () => {};
    }
  }

  function pause(): void {
    stopTicks?.();
    stopTicks = null;
  }

  return {
    attend() {
      if (!options.isWanted()) pause();
      else {
        stopTicks ??= startTicks({
          intervalMs: periodMs,
          clock,
          onTick() {
            giveUp();
            if (record.isDue(clock.monotonicMs())) void ask();
          },
        });
      }
    },
    stop() {
      pause();
      giveUp();
    },
    fared: () => record.fared(),
  };
}
