import type { Clock } from '@/lib/server/concurrency/clock';
import type { NewEvent } from '@/lib/server/event-log/event-log';
import type { ScheduledCollector } from './collector';
import type { CollectorState } from './collector-state';

export interface TrackedCollector {
  readonly collector: ScheduledCollector;
  readonly state: CollectorState;
}

export interface CycleOptions {
  readonly host: string;
  readonly collectors: readonly TrackedCollector[];
  readonly deadlineMs: number;
  readonly clock: Clock;
  /**
   * Called once, when every collector has answered or the deadline has passed; the samples are in the collectors'
   * order. `beganMs` is the cycle's start on the monotonic clock.
   */
  onEnd(events: readonly NewEvent[], t: number, beganMs: number): void;
}

export interface Cycle {
  /** Ends the cycle with the samples so far. Later ones are dropped. */
  end(): void;
}

/** Reads every collector once, in parallel. All samples of a cycle have the time of its start. */
export function beginCycle({ host, collectors, deadlineMs, clock, onEnd }: CycleOptions): Cycle {
  const t = Math.floor(clock.wallMs());
  const beganMs = clock.monotonicMs();
  const pending = new Set(collectors);
  const events = new Map<TrackedCollector, NewEvent>();
  const aborter = new AbortController();
  const cancelDeadline = clock.after(deadlineMs, end);
  let isOpen = true;

  function end(): void {
    if (!isOpen) return;
    isOpen = false;
    cancelDeadline();
    for (const { state } of pending) state.timedOut(beganMs, deadlineMs);
    if (pending.size > 0) aborter.abort();
    onEnd(
      collectors.flatMap((tracked) => events.get(tracked) ?? []),
      t,
      beganMs,
    );
  }

  async function read(tracked: TrackedCollector): Promise<void> {
    const { collector, state } = tracked;
    try {
      const payload = await collector.collect(aborter.signal);
      if (!isOpen) return;
      if (payload) {
        const json = JSON.stringify({ t, host, ...payload });
        events.set(tracked, { type: collector.type, host, t, json });
      }
      state.succeeded(t);
    } catch (error) {
      if (!isOpen) return;
      state.failed(error);
    }
    pending.delete(tracked);
    if (pending.size === 0) end();
  }

  for (const tracked of collectors) void read(tracked);
  if (collectors.length === 0) end();
  return { end };
}
