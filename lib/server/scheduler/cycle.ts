import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { Clock } from './clock';
import type { TrackRecord } from './collector-state';
import type { ScheduledCollector } from './sampled';

export interface RecordedReading {
  readonly reading: ScheduledCollector;
  readonly record: TrackRecord;
}

export interface RoundOptions {
  readonly host: string;
  readonly readings: readonly RecordedReading[];
  readonly deadlineMs: number;
  readonly clock: Clock;
  /**
   * Told once, when every reading has answered or the time is up; the samples are in the readings' order.
   * `beganMs` is the round's start on the monotonic clock.
   */
  onEnd(events: readonly NewEvent[], t: number, beganMs: number): void;
}

export interface Round {
  /** Ends the round with what has come so far. What comes later is dropped. */
  end(): void;
}

/** Asks every reading once, side by side. All samples of a round bear the moment of its start. */
export function beginRound({ host, readings, deadlineMs, clock, onEnd }: RoundOptions): Round {
  const t = Math.floor(clock.wallMs());
  const beganMs = clock.monotonicMs();
  const waiting = new Set(readings);
  const events = new Map<RecordedReading, NewEvent>();
  const aborter = new AbortController();
  const callOffDeadline = clock.after(deadlineMs, end);
  let isOpen = true;

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    callOffDeadline();
    for (const { record } of waiting) record.hung(beganMs, deadlineMs);
    if (waiting.size > 0) aborter.abort();
    onEnd(
      readings.flatMap((recorded) => events.get(recorded) ?? []),
      t,
      beganMs,
    );
  }

  async function ask(recorded: RecordedReading): Promise<void> {
    const { reading, record } = recorded;
    try {
      const payload = await reading.collect(aborter.signal);
      if (!isOpen) return;
      if (payload) {
        const json = JSON.stringify({ t, host, ...payload });
        events.set(recorded, { type: reading.type, host, t, json });
      }
      record.answered(t);
    } catch (error) {
      if (!isOpen) return;
      record.failed(error);
    }
    waiting.delete(recorded);
    if (waiting.size === 0) end();
  }

  for (const recorded of readings) void ask(recorded);
  if (readings.length === 0) end();
  return { end };
}
