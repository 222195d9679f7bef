import type { NewEvent } from '@/lib/events/event-log';
import type { Clock } from './clock';
import type { WatchedReading } from './watched-reading';

export interface RoundOptions {
  readonly tick: number;
  readonly host: string;
  readonly readings: readonly WatchedReading[];
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** Told once, when every reading has answered or the time is up; the samples are in the readings' order. */
  onEnd(events: readonly NewEvent[], t: number): void;
}

export interface Round {
  /** Ends the round with what has come so far. What comes later is dropped. */
  end(): void;
}

/** Asks every reading once, side by side. All samples of a round bear the moment of its start. */
export function beginRound({ tick, host, readings, deadlineMs, clock, onEnd }: RoundOptions): Round {
  const t = Math.floor(clock.wallMs());
  const waiting = new Set(readings);
  const events = new Map<WatchedReading, NewEvent>();
  const aborter = new AbortController();
  const callOffDeadline = clock.after(deadlineMs, end);
  let isOpen = true;

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    callOffDeadline();
    for (const hung of waiting) hung.hung(tick, deadlineMs);
    if (waiting.size > 0) aborter.abort();
    onEnd(
      readings.flatMap((reading) => events.get(reading) ?? []),
      t,
    );
  }

  async function ask(watched: WatchedReading): Promise<void> {
    const { type } = watched.reading;
    try {
      const payload = await watched.reading.read(aborter.signal);
      if (!isOpen) return;
      if (payload) events.set(watched, { type, host, t, json: JSON.stringify({ t, host, ...payload }) });
      watched.answered(t);
    } catch (error) {
      if (!isOpen) return;
      watched.failed(error);
    }
    waiting.delete(watched);
    if (waiting.size === 0) end();
  }

  for (const reading of readings) void ask(reading);
  if (readings.length === 0) end();
  return { end };
}
