import type { Clock } from '@/lib/server/concurrency/clock';

export interface TicksOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Before the first tick. Default 0. */
  readonly delayMs?: number;
  /** Gets the tick's number; numbers rise, and missed ones are skipped. */
  onTick(tick: number): void;
}

/**
 * Tick n is due n intervals after the first one, whenever tick n − 1 came: lateness does not add up.
 * Ticks missed while the process or the machine slept are skipped. Returns a function that stops the ticks.
 */
export function startTicks({ intervalMs, clock, delayMs = 0, onTick }: TicksOptions): () => void {
  const origin = clock.monotonicMs() + delayMs;
  let next = 0;
  let cancel = arm();

  function arm(): () => void {
    const dueMs = origin + next * intervalMs - clock.monotonicMs();
    return clock.after(Math.max(0, Math.ceil(dueMs)), wake);
  }

  function wake(): void {
    const tick = Math.floor((clock.monotonicMs() - origin) / intervalMs);
    // A timer may fire slightly early: it counts from the start of its turn of the event loop.
    const isEarly = tick < next;
    if (!isEarly) next = tick + 1;
    cancel = arm();
    if (!isEarly) onTick(tick);
  }

  return () => cancel();
}

/** Within this distance of a step of history, a late tick would fall into the next step. */
const narrowMs = 100;

/** The delay in ms that keeps ticks away from the boundaries of intervals on the wall clock. */
export function delayFromBoundary(wallMs: number, intervalMs: number): number {
  const narrow = Math.min(narrowMs, intervalMs / 5);
  const phase = wallMs % intervalMs;
  if (phase < narrow) return narrow - phase;
  return phase > intervalMs - narrow ? intervalMs - phase + narrow : 0;
}
