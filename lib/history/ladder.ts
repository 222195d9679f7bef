/** One rung: steps of one length, kept for a time. */
export interface Level {
  readonly level: number;
  readonly stepMs: number;
  readonly keptMs: number;
  /** Steps to a block, which is what is written and deleted as a whole. */
  readonly stepsPerBlock: number;
  readonly blockMs: number;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

function rung(level: number, stepMs: number, keptMs: number, stepsPerBlock: number): Level {
  return { level, stepMs, keptMs, stepsPerBlock, blockMs: stepMs * stepsPerBlock };
}

/**
 * From a second for two hours to an hour for three years. Each level is kept for longer than a block of the next
 * lasts, so that an unfinished block can be made again from the level below.
 */
export const ladder: readonly Level[] = [
  rung(0, second, 2 * hour, 600),
  rung(1, 10 * second, 2 * day, 360),
  rung(2, minute, 14 * day, 360),
  rung(3, 10 * minute, 120 * day, 360),
  rung(4, hour, 3 * 365 * day, 360),
];

/** The start of the block of `level` that `t` is in: Unix ms. */
export function blockStart({ blockMs }: Level, t: number): number {
  return Math.floor(t / blockMs) * blockMs;
}

/** The finest level that covers `from` to `to` in at most `points` steps and still has `from`; the coarsest if none does. */
export function levelFor(from: number, to: number, points: number, now: number): Level {
  const fits = ladder.find(({ stepMs, keptMs }) => (to - from) / stepMs <= points && from >= now - keptMs);
  return fits ?? (ladder.at(-1) as Level);
}
