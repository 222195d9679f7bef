import type { Clock } from './clock';

export interface TicksOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Before the first tick. Default 0. */
  readonly delayMs?: number;
  /** Told the tick's number; numbers rise, and skip what was missed. */
  onTick(tick: number): void;
}

/**
 * Tick n is due n intervals after the first one, whenever tick n − 1 came: lateness does not add up.
 * Ticks missed while the process or the machine slept are skipped. Returns the way to stop.
 */
export function startTicks({ intervalMs, clock, delayMs = 0, onTick }: TicksOptions): () => void {
  const origin = clock.monotonicMs() + delayMs;
  let next = 0;
  let callOff = arm();

  function arm(): () => void {
    const dueMs = origin + next * intervalMs - clock.monotonicMs();
    return clock.after(Math.max(0, Math.ceil(dueMs)), wake);
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

/** Where ticks are this close to where steps of history begin, one that is late falls into the next step. */
const narrowMs = 100;

/** How long to wait so that ticks keep away from the beginnings of intervals on the wall's clock, both in ms. */
export function delayFromBoundary(wallMs: number, intervalMs: number): number {
  const narrow = Math.min(narrowMs, intervalMs / 5);
  const phase = wallMs % intervalMs;
  if (phase < narrow) return narrow - phase;
  return phase > intervalMs - narrow ? intervalMs - phase + narrow : 0;
}
