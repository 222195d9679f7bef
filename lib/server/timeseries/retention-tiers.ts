import { historyKeptMs } from '@/lib/protocol/limits';

/** A retention tier: steps of one length, kept for a time. */
export interface Tier {
  /** Its place in `tiers`, the finest first; the `level` of its blocks in the database. */
  readonly index: number;
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

function tier(index: number, stepMs: number, keptMs: number, stepsPerBlock: number): Tier {
  return { index, stepMs, keptMs, stepsPerBlock, blockMs: stepMs * stepsPerBlock };
}

/**
 * From a second for two hours to a day for ten years. Each tier is kept for longer than a block of the next lasts,
 * so that an unfinished block can be made again from the tier below.
 */
export const tiers: readonly Tier[] = [
  tier(0, second, 2 * hour, 600),
  tier(1, 10 * second, 2 * day, 360),
  tier(2, minute, 14 * day, 360),
  tier(3, 10 * minute, 120 * day, 360),
  tier(4, hour, 3 * 365 * day, 360),
  tier(5, day, historyKeptMs, 60),
];

/** The start of the block of a tier that `t` is in: Unix ms. */
export function blockStart({ blockMs }: Pick<Tier, 'blockMs'>, t: number): number {
  return Math.floor(t / blockMs) * blockMs;
}

/** How many steps may be combined into one: combined steps begin at full minutes, hours or days. */
const lengths = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336];

/** Steps of a tier, `times` of them combined into one. */
export interface Steps {
  readonly tier: Tier;
  readonly times: number;
  /** The length of the combined step. */
  readonly stepMs: number;
}

export interface StepsAsked {
  /** Unix ms. */
  readonly from: number;
  readonly to: number;
  /** The most steps, not counting the one that the range ends in. */
  readonly points: number;
  /**
   * Steps of less than an hour are used only where at most this many times `points` of them have to be read. Default 3.
   */
  readonly readRatioMax?: number;
}

/** The shortest steps of which a range has at most `points`, from the coarsest tier that can form them. */
export function stepsFor({ from, to, points, readRatioMax = 3 }: StepsAsked, now: number): Steps {
  const kept = tiers.filter(({ keptMs }) => from >= now - keptMs);
  const [best] = (kept.length > 0 ? kept : tiers.slice(-1))
    .flatMap((tier) => {
      const count = (to - blockStart({ blockMs: tier.stepMs }, from)) / tier.stepMs;
      if (tier.stepMs < hour && (to - from) / tier.stepMs > points * readRatioMax) return [];
      const timesMin = count <= points + 1 ? 1 : count / points;
      const times = lengths.find((length) => length >= timesMin) ?? Math.ceil(timesMin);
      return [{ tier, times, stepMs: tier.stepMs * times }];
    })
    .sort((one, other) => one.stepMs - other.stepMs || other.tier.index - one.tier.index);
  return best as Steps;
}
