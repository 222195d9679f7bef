/** The right to hold a thread of Node's pool for as long as it takes. */
export interface PoolSlots {
  /** Whether there was one to take. */
  tryTake(): boolean;
  /** Takes one as soon as there is one. */
  take(): Promise<void>;
  free(): void;
}

/** Threads that all of Node's file access shares. `scripts/start.cjs` asks for 12; libuv's own number is 4. */
export function poolThreads(size = process.env.UV_THREADPOOL_SIZE ?? ''): number {
  return /^[1-9]\d{0,3}$/.test(size) ? Math.min(1024, Number(size)) : 4;
}

/** What dead disks and shares may hold (`space-queue.ts`), or one that is always left for the rest. */
const keptThreads = 3;

export function openPoolSlots(threads: number): PoolSlots {
  let left = Math.max(1, threads - keptThreads);
  const waiting: (() => void)[] = [];

  function tryTake(): boolean {
    if (left === 0) return false;
    left -= 1;
    return true;
  }

  return {
    tryTake,
    async take() {
      if (!tryTake()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    free() {
      const next = waiting.shift();
      // Handed on, not given back: another could be quicker.
      if (next) next();
      else left += 1;
    },
  };
}

/** The one pool of the process. */
export const poolSlots = openPoolSlots(poolThreads());
