/** What the watched host's clock says now, learned from stamps of it that arrive here. */
export interface HostClock {
  /** A stamp that was made just before it arrived, which was `ageMs` ago. */
  hear(hostTime: number, ageMs?: number): void;
  /** Forgets what was heard: the host's clock was set, or another connection tells. */
  restart(): void;
  /** Unix ms. Runs on by this browser's monotonic clock, so that setting its wall clock moves nothing. */
  now(): number;
}

/** Stamps that are weighed: enough to hold one that was not held up, few enough to follow a clock that is set. */
const weighedStamps = 16;

export function createHostClock(hostTime: number): HostClock {
  let offsets = [hostTime - performance.now()];
  let forgets = true;

  return {
    hear(stamp, ageMs = 0) {
      if (forgets) offsets = [];
      forgets = false;
      offsets.push(stamp + ageMs - performance.now());
      if (offsets.length > weighedStamps) offsets.shift();
    },
    restart() {
      forgets = true;
    },
    // A stamp can only be late, so the one that leads most was least delayed.
    now: () => performance.now() + Math.max(...offsets),
  };
}
