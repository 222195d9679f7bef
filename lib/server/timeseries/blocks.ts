import { type Columns, columnsOfBlock, metricsOfBlock, packBlock, packColumn, unpackBlock } from './block';
import { bytesOf, crowdedOut } from './block-index';
import { addTo, type Column, newColumn, stepOf } from './column';
import type { BlockChange, HistoryStore } from './history-store';
import { OpenColumn } from './open-column';
import { blockStart, type Tier, tiers } from './retention-tiers';
import { blockKey, StoredBlocks, type TierBlock } from './stored-blocks';

/** A time in which a block is the finest: `to` may be before its end. Unix ms. */
export interface BlockRange extends TierBlock {
  readonly to: number;
}

export interface BlocksOptions {
  /** The store, or `null` while it cannot be used; then only the blocks in memory are known. */
  readonly store: () => HistoryStore | null;
  /** Before blocks take more of the disk, the oldest of the finest are deleted. Default: no bound. */
  readonly maxBytes?: number;
  /** Other metrics are left out of what is written. Default: all. */
  readonly isKept?: (metric: number) => boolean;
}

interface OpenBlock extends TierBlock {
  readonly columns: Map<number, OpenColumn>;
  /** It differs from the block on disk. */
  isDirty: boolean;
}

interface ComposedBlock extends TierBlock {
  readonly body: Buffer;
}

/** What a block may take beyond its own bytes: SQLite allocates by the page. */
const pageBytes = 4_096;
/** Metrics that are rolled up at once: a block of two thousand, unpacked whole, takes tens of MiB. */
const readMetricsMax = 64;

const [finestTier] = tiers as [Tier, ...Tier[]];

/** The blocks of all retention tiers: those that are being written in memory, the others on disk. */
export class Blocks {
  readonly #stored: StoredBlocks;
  readonly #maxBytes: number;
  readonly #isKept: (metric: number) => boolean;
  /** By key: blocks that samples were added to since they were written. */
  readonly #open = new Map<string, OpenBlock>();
  /** By key: blocks that were composed of finer ones, until they are on disk. */
  readonly #composed = new Map<string, ComposedBlock>();
  /** The newest block of the finest tier stays open: the next sample goes there. */
  #newest = Number.NEGATIVE_INFINITY;
  /** Where the last of the coarser blocks ends; `null` until it is looked up. */
  #rolledUpTo: number | null = null;

  constructor({ store, maxBytes = Number.POSITIVE_INFINITY, isKept = () => true }: BlocksOptions) {
    this.#stored = new StoredBlocks(store);
    this.#maxBytes = maxBytes;
    this.#isKept = isKept;
  }

  /** Blocks found so far that cannot be decoded. They are read as if they were not there. */
  get unreadable(): readonly TierBlock[] {
    return this.#stored.unreadable;
  }

  /** One sample of a metric at `t` (Unix ms). */
  add(metric: number, t: number, value: number): void {
    const start = blockStart(finestTier, t);
    addSample(this.#openBlock(finestTier, start, true) as OpenBlock, metric, t, value);
    this.#newest = Math.max(this.#newest, start);
    this.#rolledUpTo ??= this.#lastCoarseEnd();
    if (start >= this.#rolledUpTo) return;
    // The host's clock went back, into a time that coarser blocks have already rolled up.
    for (const tier of tiers.slice(1)) {
      const block = this.#openBlock(tier, blockStart(tier, t), false);
      if (block) addSample(block, metric, t, value);
    }
  }

  /**
   * The columns of a block, those of `wanted`; composed of finer blocks where it is not there as a whole. `null` when
   * nothing is known of that time.
   */
  read(tier: Tier, start: number, wanted?: ReadonlySet<number>): Columns | null {
    const open = this.#open.get(blockKey(tier.index, start));
    if (open) return columnsOf(open, wanted);
    const whole = this.#decode(tier, start, (body) => unpackBlock(body, tier.stepsPerBlock, wanted));
    if (whole) return whole;
    const below = tiers[tier.index - 1];
    return below && this.#isKnown(below, start, start + tier.blockMs)
      ? this.#compose(tier, start, below, wanted)
      : null;
  }

  /**
   * The finest block that `t` (Unix ms) is in, or else the next one, and until when it is the finest. `null` when
   * nothing is known of `t` and later.
   */
  finest(t: number): BlockRange | null {
    const next = (tier: Tier, after: number) =>
      this.#startsOf(tier, after + 1, Number.POSITIVE_INFINITY)[0] ?? Number.POSITIVE_INFINITY;
    let to = Number.POSITIVE_INFINITY;
    for (const tier of tiers) {
      const start = blockStart(tier, t);
      if (this.#has(tier, start)) return { tier, start, to: Math.min(to, start + tier.blockMs) };
      to = Math.min(to, next(tier, t));
    }
    if (to === Number.POSITIVE_INFINITY) return null;
    const tier = tiers.find((one) => this.#has(one, to)) as Tier;
    const finer = tiers.slice(0, tier.index).map((one) => next(one, to));
    return { tier, start: to, to: Math.min(to + tier.blockMs, ...finer) };
  }

  /** Where the oldest block begins; infinity where there is none. */
  earliest(): number {
    const all = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    return Math.min(...tiers.flatMap((tier) => this.#startsOf(tier, ...all)));
  }

  /**
   * What has to be written so that nothing is in memory alone, with the blocks that are complete by `now` and the
   * deletions that are due by `prunedBy`, a time that does not move with a clock that is set. Both Unix ms. Each block
   * is in it once, and deletions come first, since they make room.
   */
  changes(now: number, prunedBy: number): BlockChange[] {
    this.#composeCompleted(now);
    // First, since an expired block is not written any more.
    const expired = this.#expire(prunedBy);
    const opened = [...this.#open.values()].filter(({ isDirty }) => isDirty);
    const written = opened.map(({ tier, start, columns }) => {
      const kept = [...columns].filter(([metric]) => this.#isKept(metric));
      const body = packBlock(kept.map(([metric, column]) => [metric, packColumn(column.column())]));
      return { tier: tier.index, start, body };
    });
    const composed = [...this.#composed.values()].map(({ tier, start, body }) => ({
      tier: tier.index,
      start,
      body,
    }));
    const changes = [...expired, ...written, ...composed];
    const crowdedOut = this.#makeRoom(changes);
    const deleted = new Set(crowdedOut.map(({ tier, start }) => blockKey(tier, start)));
    return [...crowdedOut, ...changes.filter(({ tier, start }) => !deleted.has(blockKey(tier, start)))];
  }

  /** These changes have been written. */
  settled(changes: readonly BlockChange[]): void {
    this.#stored.apply(changes);
    this.#composed.clear();
    for (const [key, block] of this.#open) {
      if (block.tier === finestTier && block.start === this.#newest) block.isDirty = false;
      else this.#open.delete(key);
    }
  }

  /** Nothing can be written: drops the blocks in memory that have expired by `prunedBy` (Unix ms). */
  dropExpired(prunedBy: number): void {
    this.#expire(prunedBy);
  }

  /**
   * A database could be opened only now: the blocks in memory take over its numbers for metrics (`numbers`, by the ones
   * they have; a metric without one is dropped) and the steps that are stored. Throws what SQLite throws.
   */
  join(stored: HistoryStore, numbers: ReadonlyMap<number, number>): void {
    const joined = [...this.#open].map(([key, { tier, start, columns }]): [string, OpenBlock] => {
      const renumbered = new Map<number, OpenColumn>();
      for (const [metric, column] of columns) {
        const number = numbers.get(metric);
        if (number !== undefined) renumbered.set(number, column);
      }
      const known = this.#stored.decodeFrom(stored, tier, start, (body) => openColumnsOf(body, tier));
      for (const [metric, column] of known ?? []) {
        const own = renumbered.get(metric)?.column();
        if (own) addMissing(column, own);
        renumbered.set(metric, column);
      }
      return [key, { tier, start, columns: renumbered, isDirty: true }];
    });
    this.#open.clear();
    for (const [key, block] of joined) this.#open.set(key, block);
  }

  #has(tier: Tier, start: number): boolean {
    const key = blockKey(tier.index, start);
    return this.#open.has(key) || this.#composed.has(key) || this.#stored.has(tier, start);
  }

  /** What `decode` returns for a block that is composed or on disk; `null` where there is none. */
  #decode<T>(tier: Tier, start: number, decode: (body: Uint8Array) => T): T | null {
    const composed = this.#composed.get(blockKey(tier.index, start));
    return composed ? decode(composed.body) : this.#stored.decode(tier, start, decode);
  }

  /** The block, open to be written to; one that is not there yet is begun where `isNew` allows it. */
  #openBlock(tier: Tier, start: number, isNew: boolean): OpenBlock | null {
    const key = blockKey(tier.index, start);
    const open = this.#open.get(key);
    if (open) return open;
    const columns = this.#decode(tier, start, (body) => openColumnsOf(body, tier));
    if (!columns && !isNew) return null;
    const block = { tier, start, columns: columns ?? new Map<number, OpenColumn>(), isDirty: false };
    this.#open.set(key, block);
    this.#composed.delete(key);
    return block;
  }

  #lastCoarseEnd(): number {
    const ends = tiers
      .slice(1)
      .flatMap((tier) => [...this.#stored.index.starts(tier.index)].map((start) => start + tier.blockMs));
    return Math.max(Number.NEGATIVE_INFINITY, ...ends);
  }

  *#inMemory(): Generator<TierBlock> {
    yield* this.#open.values();
    yield* this.#composed.values();
  }

  /** Whether a block of this tier or of a finer one begins in `from` to `to`: long times without data are skipped. */
  #isKnown({ index }: Tier, from: number, to: number): boolean {
    const isInside = (start: number) => start >= from && start < to;
    for (const { tier, start } of this.#inMemory()) if (tier.index <= index && isInside(start)) return true;
    for (let finer = index; finer >= 0; finer -= 1) {
      for (const start of this.#stored.index.starts(finer)) if (isInside(start)) return true;
    }
    return false;
  }

  /** The starts of a tier's blocks, in memory or on disk, in `from` to `to` (exclusive), rising. */
  #startsOf(tier: Tier, from: number, to: number): number[] {
    const starts = new Set(this.#stored.index.starts(tier.index));
    for (const block of this.#inMemory()) if (block.tier === tier) starts.add(block.start);
    return [...starts].filter((start) => start >= from && start < to).sort((a, b) => a - b);
  }

  #compose(tier: Tier, start: number, below: Tier, wanted?: ReadonlySet<number>): Columns | null {
    let whole: Columns | null = null;
    for (let part = start; part < start + tier.blockMs; part += below.blockMs) {
      const finer = this.read(below, part, wanted);
      if (!finer) continue;
      whole ??= new Map();
      for (const [metric, column] of finer) {
        let target = whole.get(metric);
        if (!target) {
          target = newColumn(tier.stepsPerBlock);
          whole.set(metric, target);
        }
        rollUp(column, target, { offsetMs: part - start, fromMs: below.stepMs, toMs: tier.stepMs });
      }
    }
    return whole;
  }

  /** The metrics of a block, or of the finer blocks that it is composed of. */
  #metricsIn(tier: Tier, start: number): Set<number> {
    const open = this.#open.get(blockKey(tier.index, start));
    if (open) return new Set(open.columns.keys());
    const whole = this.#decode(tier, start, metricsOfBlock);
    if (whole) return new Set(whole);
    const below = tiers[tier.index - 1];
    const metrics = new Set<number>();
    for (let part = start; below && part < start + tier.blockMs; part += below.blockMs) {
      for (const metric of this.#metricsIn(below, part)) metrics.add(metric);
    }
    return metrics;
  }

  /** Composes the coarser blocks, each once all below it is complete. Until then, reading composes them. */
  #composeCompleted(now: number): void {
    for (const tier of tiers) {
      const below = tiers[tier.index - 1];
      if (!below) continue;
      const starts = this.#startsOf(below, Number.MIN_SAFE_INTEGER, now);
      for (const start of new Set(starts.map((one) => blockStart(tier, one)))) {
        if (start + tier.blockMs <= now && !this.#has(tier, start)) this.#composeBlock(tier, start, below);
      }
    }
  }

  #composeBlock(tier: Tier, start: number, below: Tier): void {
    const metrics = [...this.#metricsIn(tier, start)].filter(this.#isKept);
    const packed: [number, Buffer][] = [];
    for (let from = 0; from < metrics.length; from += readMetricsMax) {
      const some = new Set(metrics.slice(from, from + readMetricsMax));
      for (const [metric, column] of this.#compose(tier, start, below, some) ?? [])
        packed.push([metric, packColumn(column)]);
    }
    if (packed.length === 0) return;
    this.#composed.set(blockKey(tier.index, start), { tier, start, body: packBlock(packed) });
    this.#rolledUpTo = Math.max(this.#rolledUpTo ?? this.#lastCoarseEnd(), start + tier.blockMs);
  }

  #expire(now: number): BlockChange[] {
    return tiers.flatMap((tier) =>
      this.#startsOf(tier, Number.MIN_SAFE_INTEGER, now - tier.keptMs - tier.blockMs + 1).map((start) => {
        this.#open.delete(blockKey(tier.index, start));
        this.#composed.delete(blockKey(tier.index, start));
        return { tier: tier.index, start, body: null };
      }),
    );
  }

  /** The deletions that make room for the rest. The newest block stays: the next sample would bring it back. */
  #makeRoom(changes: readonly BlockChange[]): BlockChange[] {
    if (this.#maxBytes === Number.POSITIVE_INFINITY) return [];
    const after = this.#stored.index.after(changes);
    const otherBytes = this.#stored.otherBytes(bytesOf(this.#stored.index.after([])));
    const needed = otherBytes + bytesOf(after) + changes.length * pageBytes;
    const isNewest = (tier: number, start: number) => tier === finestTier.index && start === this.#newest;
    const gone = crowdedOut(after, needed - this.#maxBytes, ({ tier, start }) => isNewest(tier, start));
    return gone.map(({ tier, start }) => {
      this.#open.delete(blockKey(tier, start));
      return { tier, start, body: null };
    });
  }
}

function addSample(block: OpenBlock, metric: number, t: number, value: number): void {
  let column = block.columns.get(metric);
  if (!column) {
    column = new OpenColumn(block.tier.stepsPerBlock);
    block.columns.set(metric, column);
  }
  const step = Math.floor((t - block.start) / block.tier.stepMs);
  column.add(step, { count: 1, min: value, max: value, sum: value });
  block.isDirty = true;
}

function columnsOf({ columns }: OpenBlock, wanted?: ReadonlySet<number>): Columns {
  const metrics = wanted ? [...wanted].filter((metric) => columns.has(metric)) : [...columns.keys()];
  return new Map(metrics.map((metric) => [metric, (columns.get(metric) as OpenColumn).column()]));
}

/** One after the other: a block of all metrics, unpacked at once, is many times its own size. */
function openColumnsOf(body: Uint8Array, { stepsPerBlock }: Tier): Map<number, OpenColumn> {
  const columns = new Map<number, OpenColumn>();
  for (const [metric, column] of columnsOfBlock(body, stepsPerBlock)) {
    columns.set(metric, OpenColumn.from(column));
  }
  return columns;
}

interface RollUp {
  /** Where the finer block begins in the coarser one. */
  readonly offsetMs: number;
  /** The lengths of their steps. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Adds the steps of a finer block's column to those of a coarser one's. */
function rollUp(column: Column, target: Column, { offsetMs, fromMs, toMs }: RollUp): void {
  for (const [step, count] of column.counts.entries()) {
    if (count > 0) addTo(target, Math.floor((offsetMs + step * fromMs) / toMs), stepOf(column, step));
  }
}

/** The steps that only `other` has: a step that both have is of the same samples. */
function addMissing(column: OpenColumn, other: Column): void {
  const { counts } = column.column();
  for (const [step, count] of other.counts.entries()) {
    if (count > 0 && (counts[step] ?? 0) === 0) column.add(step, stepOf(other, step));
  }
}
