import { decoded, UnreadableError } from '@/lib/server/storage/unreadable';
import { type Columns, columnsOfBlock, metricsOfBlock, packBlock, packColumn, unpackBlock } from './block';
import { crowdedOut, openBlockIndex, weightOf } from './block-index';
import { addTo, type Column, newColumn } from './column';
import type { BlockChange, HistoryStore } from './history-store';
import { OpenColumn } from './open-column';
import { blockStart, type Tier, tiers } from './retention-tiers';

/** The blocks of all levels: those that are being written in memory, the others on disk. */
export interface Blocks {
  /** One sample of a metric at `t` (Unix ms). */
  add(metric: number, t: number, value: number): void;
  /**
   * The columns of a block, those of `wanted`; made from the level below where it is not there as a whole.
   * `null` when nothing is known of that time.
   */
  read(level: Tier, start: number, wanted?: ReadonlySet<number>): Columns | null;
  /**
   * What has to be written so that nothing is in memory alone, blocks that are complete by `now` and prunings included:
   * each block once, and what goes before what comes, which takes its room. What is old is so by `prunedBy`, a time
   * that a wall clock which was set does not move. Both Unix ms.
   */
  changes(now: number, prunedBy: number): BlockChange[];
  /** These changes have been written. */
  settled(changes: readonly BlockChange[]): void;
  /** Nothing can be written: lets go of what has had its time. */
  forget(prunedBy: number): void;
  /**
   * The finest block that `t` (Unix ms) is in, or else the next one; until where it is the finest. `null` when nothing is
   * known of `t` and later.
   */
  finest(t: number): BlockRange | null;
  /** Where the oldest block begins; infinity where there is none. */
  earliest(): number;
  /**
   * A database is there only now: what memory has takes the metrics' numbers there, by the ones it has so far (without
   * one it is dropped), and each of its blocks gets the steps that are stored of it. Throws what SQLite throws.
   */
  join(stored: HistoryStore, numbers: ReadonlyMap<number, number>): void;
  /** Blocks that were met so far and cannot be decoded, by level and start. They are read as if they were not there. */
  readonly unreadable: ReadonlyMap<string, BlockPart>;
}

export interface BlockPart {
  readonly level: Tier;
  readonly start: number;
}

export interface BlockRange {
  readonly level: Tier;
  readonly start: number;
  readonly to: number;
}

interface OpenBlock {
  readonly level: Tier;
  readonly start: number;
  readonly columns: Map<number, OpenColumn>;
  /** It differs from what is on disk. */
  dirty: boolean;
}

/** What a block may take beyond its own bytes: SQLite gives room by the page. */
const pageBytes = 4_096;

const placeKey = ({ level, start }: Pick<BlockChange, 'level' | 'start'>) => `${level}:${start}`;

/** One after the other: a block of all metrics, unpacked at once, is many times its own size. */
function openColumnsOf(body: Uint8Array, { stepsPerBlock }: Tier): Map<number, OpenColumn> {
  const columns = new Map<number, OpenColumn>();
  for (const [metric, column] of columnsOfBlock(body, stepsPerBlock)) {
    columns.set(metric, OpenColumn.from(column));
  }
  return columns;
}

/** The steps that only `other` has: a step of both is of the same samples. */
function addMissing(column: OpenColumn, other: Column): void {
  const { counts } = column.column();
  for (const [step, count] of other.counts.entries()) {
    if (count === 0 || (counts[step] ?? 0) > 0) continue;
    const [min = 0, max = 0, sum = 0] = [other.mins[step], other.maxs[step], other.sums[step]];
    column.add(step, { count, min, max, sum });
  }
}

/** Metrics that are summed up at once: a block of all of them, unpacked, is many times what memory should hold. */
const metricsAtOnce = 64;

/**
 * The store, or `null` while it is away; then only memory is known. Before blocks take more than `maxBytes` of the
 * disk, the oldest of the finest ones go. A metric that is not kept is left out of what is written.
 */
export function openBlocks(
  store: () => HistoryStore | null,
  maxBytes = Number.POSITIVE_INFINITY,
  isKept: (metric: number) => boolean = () => true,
): Blocks {
  /** By level and start: blocks that samples have gone to since they were written. */
  const open = new Map<string, OpenBlock>();
  /** Blocks that have been made from those below them, until they are on disk. */
  const made = new Map<string, { readonly level: Tier; readonly start: number; readonly body: Buffer }>();
  const [finest] = tiers as [Tier, ...Tier[]];
  /** The newest block of the finest level stays open: the next sample goes there. */
  let newest = Number.NEGATIVE_INFINITY;
  /** Where the last of the coarser blocks ends; `null` before it is asked for. */
  let summedUpTo: number | null = null;

  const keyOf = ({ level }: Tier, start: number) => placeKey({ level, start });

  const index = openBlockIndex(store);
  const unreadable = new Map<string, BlockPart>();

  function bodyOf(level: Tier, start: number): Uint8Array | null {
    const key = keyOf(level, start);
    const pending = made.get(key);
    if (pending) return pending.body;
    if (unreadable.has(key) || !index.has(level.level, start)) return null;
    return readable(level, start, () => store()?.block(level.level, start) ?? null);
  }

  /** `null` for a block that cannot be decoded: what lies around it is still of use. */
  function readable<T>(level: Tier, start: number, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      unreadable.set(keyOf(level, start), { level, start });
      return null;
    }
  }

  /** What `decode` makes of a block's body; `null` where there is none or it cannot be decoded. */
  function decodedBlock<T>(level: Tier, start: number, decode: (body: Uint8Array) => T): T | null {
    const body = bodyOf(level, start);
    return body ? readable(level, start, () => decoded(() => decode(body))) : null;
  }

  /** The block, open to be written to; a block that is not there yet is begun where `orNew`. */
  function opened(level: Tier, start: number, orNew: boolean): OpenBlock | null {
    const key = keyOf(level, start);
    const already = open.get(key);
    if (already) return already;
    const stored = decodedBlock(level, start, (body) => openColumnsOf(body, level));
    if (!stored && !orNew) return null;
    const columns = stored ?? new Map<number, OpenColumn>();
    const block = { level, start, columns, dirty: false };
    open.set(key, block);
    made.delete(key);
    return block;
  }

  function put(block: OpenBlock, metric: number, t: number, value: number): void {
    let column = block.columns.get(metric);
    if (!column) {
      column = new OpenColumn(block.level.stepsPerBlock);
      block.columns.set(metric, column);
    }
    const step = Math.floor((t - block.start) / block.level.stepMs);
    column.add(step, { count: 1, min: value, max: value, sum: value });
    block.dirty = true;
  }

  function add(metric: number, t: number, value: number): void {
    const start = blockStart(finest, t);
    put(opened(finest, start, true) as OpenBlock, metric, t, value);
    newest = Math.max(newest, start);
    summedUpTo ??= lastEndOnDisk();
    if (start >= summedUpTo) return;
    // The host's clock went back, into a time that coarser blocks have already summed up.
    for (const level of tiers.slice(1)) {
      const block = opened(level, blockStart(level, t), false);
      if (block) put(block, metric, t, value);
    }
  }

  function lastEndOnDisk(): number {
    const ends = tiers.slice(1).flatMap((level) => {
      return [...index.starts(level.level)].map((start) => start + level.blockMs);
    });
    return Math.max(Number.NEGATIVE_INFINITY, ...ends);
  }

  function columnsOf({ columns }: OpenBlock, wanted?: ReadonlySet<number>): Columns {
    const metrics = wanted ? [...wanted].filter((metric) => columns.has(metric)) : [...columns.keys()];
    return new Map(metrics.map((metric) => [metric, (columns.get(metric) as OpenColumn).column()]));
  }

  function read(level: Tier, start: number, wanted?: ReadonlySet<number>): Columns | null {
    const inMemory = open.get(keyOf(level, start));
    if (inMemory) return columnsOf(inMemory, wanted);
    const stored = decodedBlock(level, start, (body) => unpackBlock(body, level.stepsPerBlock, wanted));
    if (stored) return stored;
    const below = tiers[level.level - 1];
    return below && isKnown(below, start, start + level.blockMs)
      ? compose(level, start, below, wanted)
      : null;
  }

  /** Whether a block of this level or of a finer one begins in `from` to `to`: years of nothing are passed over. */
  function isKnown({ level }: Tier, from: number, to: number): boolean {
    const isInside = (start: number) => start >= from && start < to;
    for (const block of open.values()) if (block.level.level <= level && isInside(block.start)) return true;
    for (const block of made.values()) if (block.level.level <= level && isInside(block.start)) return true;
    for (let finer = level; finer >= 0; finer -= 1) {
      for (const start of index.starts(finer)) if (isInside(start)) return true;
    }
    return false;
  }

  function compose(level: Tier, start: number, below: Tier, wanted?: ReadonlySet<number>): Columns | null {
    let whole: Columns | null = null;
    for (let part = start; part < start + level.blockMs; part += below.blockMs) {
      const finer = read(below, part, wanted);
      if (!finer) continue;
      whole ??= new Map();
      for (const [metric, column] of finer) {
        let target = whole.get(metric);
        if (!target) {
          target = newColumn(level.stepsPerBlock);
          whole.set(metric, target);
        }
        for (const [step, count] of column.counts.entries()) {
          if (count === 0) continue;
          const at = Math.floor((part - start + step * below.stepMs) / level.stepMs);
          addTo(target, at, {
            count,
            min: column.mins[step] ?? 0,
            max: column.maxs[step] ?? 0,
            sum: column.sums[step] ?? 0,
          });
        }
      }
    }
    return whole;
  }

  /** The starts of a level's blocks, in memory or on disk, in `from` to `to` (without). */
  function startsOf({ level }: Tier, from: number, to: number): number[] {
    const inMemory = [...open.values(), ...made.values()]
      .filter((block) => block.level.level === level)
      .map(({ start }) => start);
    return [...new Set([...index.starts(level), ...inMemory])]
      .filter((start) => start >= from && start < to)
      .sort((a, b) => a - b);
  }

  /** The metrics that anything is known of in a block, or in those that it is made from. */
  function metricsIn(level: Tier, start: number): Set<number> {
    const inMemory = open.get(keyOf(level, start));
    if (inMemory) return new Set(inMemory.columns.keys());
    const stored = decodedBlock(level, start, metricsOfBlock);
    if (stored) return new Set(stored);
    const below = tiers[level.level - 1];
    const metrics = new Set<number>();
    for (let part = start; below && part < start + level.blockMs; part += below.blockMs) {
      for (const metric of metricsIn(below, part)) metrics.add(metric);
    }
    return metrics;
  }

  /** Some metrics at a time: a block of two thousand metrics takes tens of MiB when it is unpacked whole. */
  function make(level: Tier, start: number, below: Tier): void {
    const metrics = [...metricsIn(level, start)].filter(isKept);
    const packed: [number, Buffer][] = [];
    for (let from = 0; from < metrics.length; from += metricsAtOnce) {
      const columns = compose(level, start, below, new Set(metrics.slice(from, from + metricsAtOnce)));
      for (const [metric, column] of columns ?? []) packed.push([metric, packColumn(column)]);
    }
    if (packed.length === 0) return;
    made.set(keyOf(level, start), { level, start, body: packBlock(packed) });
    summedUpTo = Math.max(summedUpTo ?? lastEndOnDisk(), start + level.blockMs);
  }

  /** Makes the coarser levels' blocks, each once all below it is complete. Before they are due, reading makes them. */
  function makeCompleted(now: number): void {
    for (const level of tiers) {
      const below = tiers[level.level - 1];
      if (!below) continue;
      const starts = startsOf(below, Number.MIN_SAFE_INTEGER, now).map((start) => blockStart(level, start));
      for (const start of new Set(starts)) {
        const key = keyOf(level, start);
        if (start + level.blockMs > now || open.has(key) || made.has(key)) continue;
        if (!index.has(level.level, start)) make(level, start, below);
      }
    }
  }

  function expired(now: number): BlockChange[] {
    return tiers.flatMap((level) =>
      startsOf(level, Number.MIN_SAFE_INTEGER, now - level.keptMs - level.blockMs + 1).map((start) => {
        open.delete(keyOf(level, start));
        made.delete(keyOf(level, start));
        return { level: level.level, start, body: null };
      }),
    );
  }

  /** Room for the rest: what is open stays, since it would come back with the next sample. */
  function overfull(changes: readonly BlockChange[]): BlockChange[] {
    if (maxBytes === Number.POSITIVE_INFINITY) return [];
    const after = index.after(changes);
    const unpacked = (store()?.size().usedBytes ?? 0) - weightOf(index.after([]));
    const wanted = Math.max(0, unpacked) + weightOf(after) + changes.length * pageBytes;
    const gone = crowdedOut(
      after,
      wanted - maxBytes,
      ({ level, start }) => level === finest.level && start === newest,
    );
    return gone.map(({ level, start }) => {
      open.delete(keyOf(tiers[level] as Tier, start));
      return { level, start, body: null };
    });
  }

  function join(stored: HistoryStore, numbers: ReadonlyMap<number, number>): void {
    const joined = [...open].map(([key, { level, start, columns }]): [string, OpenBlock] => {
      const renumbered = new Map<number, OpenColumn>();
      for (const [metric, column] of columns) {
        const number = numbers.get(metric);
        if (number !== undefined) renumbered.set(number, column);
      }
      const known = readable(level, start, () => {
        const body = stored.block(level.level, start);
        return body ? decoded(() => openColumnsOf(body, level)) : null;
      });
      for (const [metric, column] of known ?? []) {
        const own = renumbered.get(metric)?.column();
        if (own) addMissing(column, own);
        renumbered.set(metric, column);
      }
      return [key, { level, start, columns: renumbered, dirty: true }];
    });
    open.clear();
    for (const [key, block] of joined) open.set(key, block);
  }

  return {
    add,
    read,
    join,
    unreadable,
    forget: (prunedBy) => void expired(prunedBy),
    finest(t) {
      const isThere = (level: Tier, start: number) => {
        const key = keyOf(level, start);
        return open.has(key) || made.has(key) || index.has(level.level, start);
      };
      const next = (level: Tier, after: number) =>
        startsOf(level, after + 1, Number.POSITIVE_INFINITY)[0] ?? Number.POSITIVE_INFINITY;
      let to = Number.POSITIVE_INFINITY;
      for (const level of tiers) {
        const start = blockStart(level, t);
        if (isThere(level, start)) return { level, start, to: Math.min(to, start + level.blockMs) };
        to = Math.min(to, next(level, t));
      }
      if (to === Number.POSITIVE_INFINITY) return null;
      const level = tiers.find((one) => isThere(one, to)) as Tier;
      const finer = tiers.slice(0, level.level).map((one) => next(one, to));
      return { level, start: to, to: Math.min(to + level.blockMs, ...finer) };
    },
    earliest: () =>
      Math.min(
        ...tiers.flatMap((level) => startsOf(level, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)),
      ),
    changes(now, prunedBy) {
      makeCompleted(now);
      // What has had its time is not written any more.
      const old = expired(prunedBy);
      const written = [...open.values()]
        .filter(({ dirty }) => dirty)
        .map(({ level, start, columns }) => {
          const packed = [...columns]
            .filter(([metric]) => isKept(metric))
            .map(([metric, column]) => [metric, packColumn(column.column())] as const);
          return { level: level.level, start, body: packBlock(packed) };
        });
      const composed = [...made.values()].map(({ level, start, body }) => ({
        level: level.level,
        start,
        body,
      }));
      const changes = [...old, ...written, ...composed];
      const gone = overfull(changes);
      const goes = new Set(gone.map(placeKey));
      return [...gone, ...changes.filter((change) => !goes.has(placeKey(change)))];
    },
    settled(changes) {
      index.apply(changes);
      for (const change of changes) unreadable.delete(placeKey(change));
      made.clear();
      for (const [key, block] of open) {
        if (block.level === finest && block.start === newest) block.dirty = false;
        else open.delete(key);
      }
    },
  };
}
