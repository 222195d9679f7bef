import type { NewEvent } from '@/lib/events/event-log';
import { type Clock, systemClock } from './clock';
import { beginRound, type Round } from './round';
import { startTicks } from './ticks';
import { type ReadingStatus, type SampledReading, watchReading } from './watched-reading';

export interface SamplerOptions {
  readonly host: string;
  readonly readings: readonly SampledReading[];
  readonly intervalMs: number;
  /** How long a round waits for its readings; the interval by default, 1 s at most. A new round ends the last one. */
  readonly deadlineMs?: number;
  /** Takes all samples of a round at once. */
  publish(events: readonly NewEvent[]): Promise<unknown>;
  readonly clock?: Clock;
}

interface SamplerState {
  /** The newest round that was published: Unix ms. `null` before the first. */
  readonly lastSampleAt: number | null;
  readonly readings: readonly ReadingStatus[];
  readonly publishing: { readonly consecutiveFailures: number; readonly lastError: string | null };
}

export interface Sampler {
  /** Ends sampling at once; resolves when what is being published is through, or after the deadline. */
  stop(): Promise<void>;
  state(): SamplerState;
}

const defaultDeadlineMsMax = 1_000;
/** Rounds that `publish` has not answered. Past these, a round is dropped: a log that hangs must not fill the memory. */
const unansweredRoundsMax = 60;

/** The one clock of the process: at every tick asks each reading, and publishes what has come as one append. */
export function startSampler({
  host,
  intervalMs,
  publish,
  clock = systemClock,
  ...options
}: SamplerOptions): Sampler {
  const deadlineMs = options.deadlineMs ?? Math.min(intervalMs, defaultDeadlineMsMax);
  const watched = options.readings.map(watchReading);
  const unanswered = new Set<Promise<void>>();
  let round: Round | null = null;
  let isStopped = false;
  let lastSampleAt: number | null = null;
  let consecutiveFailures = 0;
  let lastError: string | null = null;

  async function send(events: readonly NewEvent[], t: number): Promise<void> {
    try {
      if (unanswered.size >= unansweredRoundsMax) throw new Error('the log does not answer');
      await publish(events);
      lastSampleAt = t;
      consecutiveFailures = 0;
      lastError = null;
    } catch (error) {
      consecutiveFailures += 1;
      lastError = error instanceof Error ? error.message : String(error);
    }
  }

  function onEnd(events: readonly NewEvent[], t: number): void {
    if (isStopped || events.length === 0) return;
    const sending = send(events, t).finally(() => unanswered.delete(sending));
    unanswered.add(sending);
  }

  const stopTicks = startTicks({
    intervalMs,
    clock,
    onTick(tick) {
      round?.end();
      const readings = watched.filter((reading) => reading.isDue(tick));
      round = beginRound({ tick, host, readings, deadlineMs, clock, onEnd });
    },
  });

  return {
    async stop() {
      isStopped = true;
      stopTicks();
      round?.end();
      let callOff = () => {};
      const expired = new Promise<void>((resolve) => {
        callOff = clock.after(deadlineMs, resolve);
      });
      await Promise.race([Promise.all(unanswered), expired]);
      callOff();
    },
    state: () => ({
      lastSampleAt,
      readings: watched.map((reading) => reading.status()),
      publishing: { consecutiveFailures, lastError },
    }),
  };
}
