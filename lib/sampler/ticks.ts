import type { Clock } from './clock';

export interface TicksOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Told the tick's number; numbers rise, and skip what was missed. */
  onTick(tick: number): void;
}

/**
 * Tick n is due n intervals after the start, whenever tick n − 1 came: lateness does not add up.
 * Ticks missed while the process or the machine slept are skipped. Returns the way to stop.
 */
export function startTicks({ intervalMs, clock, onTick }: TicksOptions): () => void {
  const origin = clock.monotonicMs();
  let next = 0;
  let callOff = arm();

  function arm(): () => void {
    const delayMs = origin + next * intervalMs - clock.monotonicMs();
    return clock.after(Math.max(0, Math.ceil(delayMs)), wake);
  }

  function wake(): void {
    const tick = Math.floor((clock.monotonicMs() - origin) / intervalMs);
    // A timer may fire a little early, counting from the start of its turn of the event loop.
    const isEarly = tick < next;
    if (!isEarly) next = tick + 1;
    callOff = arm();
    if (!isEarly) onTick(tick);
  }

  return () => callOff();
}
