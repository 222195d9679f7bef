import type { GapCause } from '@/lib/protocol/history';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';

/** Samples the clocks at an interval and records suspensions, clock changes and stalls, to explain gaps later. */
export interface ClockMonitor {
  check(): void;
  /** The cause that fills most of a gap in this run of Hostbeat, `from` to `to`: Unix ms. */
  cause(from: number, to: number): GapCause;
  stop(): void;
}

export interface ClockMonitorOptions {
  readonly clock?: Clock;
  /** Interval between checks. Default 1 s. */
  readonly everyMs?: number;
}

type LapseCause = 'host-asleep' | 'clock-set' | 'server-stalled';

/** Time between two checks in which the clocks did not advance evenly. */
interface Lapse {
  readonly from: number;
  readonly to: number;
  readonly cause: LapseCause;
}

/** A check may be this late without being a stall. */
const latenessMs = 500;
/** Clocks may differ by this: the coarsest has hundredths of a second, and others are slewed. */
const toleranceMs = 1_200;
const lapsesMax = 200;
/** A cause explains a gap when it fills at least this share of it. */
const decisiveShare = 0.3;

export function openClockMonitor({
  clock = systemClock,
  everyMs = 1_000,
}: ClockMonitorOptions = {}): ClockMonitor {
  const read = () => ({ wall: clock.wallMs(), monotonic: clock.monotonicMs() });
  const asleepSoFar = () => clock.bootMs() - clock.monotonicMs();
  let last = read();
  let asleep = asleepSoFar();
  let lapses: Lapse[] = [];

  function check(): void {
    const now = read();
    const elapsed = now.monotonic - last.monotonic;
    const jumped = now.wall - last.wall - elapsed;
    const before = last;
    last = now;
    const halted = elapsed > everyMs + latenessMs ? elapsed : 0;
    // The third clock is read only when the first two disagree: it may be costly outside of Linux.
    let slept = 0;
    if (Math.abs(jumped) > toleranceMs) {
      const total = asleepSoFar();
      slept = Math.max(0, total - asleep);
      asleep = total;
    }
    const found: readonly (readonly [LapseCause, number])[] = [
      ['host-asleep', slept > toleranceMs ? slept : 0],
      ['clock-set', Math.max(0, jumped - slept)],
      ['server-stalled', halted],
    ];
    const [cause, ms] = found.reduce((most, one) => (one[1] > most[1] ? one : most));
    if (ms > 0 && now.wall > before.wall) {
      lapses = [...lapses, { from: before.wall, to: now.wall, cause }].slice(-lapsesMax);
    }
  }

  const timer = setInterval(check, everyMs);
  timer.unref();

  return {
    check,
    cause(from, to) {
      check();
      const filled = new Map<LapseCause, number>();
      for (const lapse of lapses) {
        const overlap = Math.min(to, lapse.to) - Math.max(from, lapse.from);
        if (overlap > 0) filled.set(lapse.cause, (filled.get(lapse.cause) ?? 0) + overlap);
      }
      const [most] = [...filled].sort(([, one], [, other]) => other - one);
      return most && most[1] >= (to - from) * decisiveShare ? most[0] : 'reading-failed';
    },
    stop() {
      clearInterval(timer);
    },
  };
}
