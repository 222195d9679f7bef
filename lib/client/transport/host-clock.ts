/** The monitored host's clock, estimated from its timestamps that arrive here. */
export interface HostClock {
  /** A stamp that was made just before it arrived, which was `ageMs` ago. */
  add(hostTime: number, ageMs?: number): void;
  /** Drops the stamps before: the host's clock was set, or the connection is another. */
  restart(): void;
  /** Unix ms. Runs on by this browser's monotonic clock, so that setting its wall clock moves nothing. */
  now(): number;
}

/** Stamps that are weighed: enough to hold one that was not held up, few enough to follow a clock that is set. */
const weighedStamps = 16;

/** `rate`: ms of the host's for one of this browser's; a replay may be faster than it was. */
export function createHostClock(hostTime: number, rate = 1): HostClock {
  const elapsed = () => performance.now() * rate;
  let offsets = [hostTime - elapsed()];
  let forgets = true;

  return {
    add(stamp, ageMs = 0) {
      if (forgets) offsets = [];
      forgets = false;
      offsets.push(stamp + ageMs - elapsed());
      if (offsets.length > weighedStamps) offsets.shift();
    },
    restart() {
      forgets = true;
    },
    // A stamp can only be late, so the one that leads most was least delayed.
    now: () => elapsed() + Math.max(...offsets),
  };
}
