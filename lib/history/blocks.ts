import { type Columns, columnsOfBlock, metricsOfBlock, packBlock, packColumn, unpackBlock } from './block';
import { addTo, newColumn } from './column';
import type { BlockChange, HistoryStore } from './history-store';
import { blockStart, type Level, ladder } from './ladder';
import { OpenColumn } from './open-column';

/** The blocks of all levels: those that are being written in memory, the others on disk. */
export interface Blocks {
  /** One sample of a metric at `t` (Unix ms). */
  add(metric: number, t: number, value: number): void;
  /**
   * The columns of a block, those of `wanted`; made from the level below where it is not there as a whole.
   * `null` when nothing is known of that time.
   */
  read(level: Level, start: number, wanted?: ReadonlySet<number>): Columns | null;
  /** What has to be written so that nothing is in memory alone, blocks that are complete by `now` and prunings included. */
  changes(now: number): BlockChange[];
  /** The changes have been written. */
  settled(): void;
}

interface OpenBlock {
  readonly level: Level;
  readonly start: number;
  readonly columns: Map<number, OpenColumn>;
  /** It differs from what is on disk. */
  dirty: boolean;
}

/** Metrics that are summed up at once: a block of all of them, unpacked, is many times what memory should hold. */
const metricsAtOnce = 64;

/** The store, or `null` while it is away; then only memory is known. */
export function openBlocks(store: () => HistoryStore | null): Blocks {
  /** By level and start: blocks that samples have gone to since they were written. */
  const open = new Map<string, OpenBlock>();
  /** Blocks that have been made from those below them, until they are on disk. */
  const made = new Map<string, { readonly level: Level; readonly start: number; readonly body: Buffer }>();
  const [finest] = ladder as [Level, ...Level[]];
  /** The newest block of the finest level stays open: the next sample goes there. */
  let newest = Number.NEGATIVE_INFINITY;

  const keyOf = (level: Level, start: number) => `${level.level}:${start}`;

  /** Blocks that are not on disk, so that a clock that went back does not ask for each sample again. */
  const absent = new Set<string>();

  function bodyOf(level: Level, start: number): Uint8Array | null {
    const key = keyOf(level, start);
    const pending = made.get(key);
    if (pending) return pending.body;
    if (absent.has(key)) return null;
    const body = store()?.block(level.level, start) ?? null;
    if (!body) absent.add(key);
    return body;
  }

  /** The block, open to be written to; a block that is not there yet is begun where `orNew`. */
  function opened(level: Level, start: number, orNew: boolean): OpenBlock | null {
    const key = keyOf(level, start);
    const already = open.get(key);
    if (already) return already;
    const body = bodyOf(level, start);
    if (!body && !orNew) return null;
    const columns = new Map<number, OpenColumn>();
    if (body) {
      for (const [metric, column] of columnsOfBlock(body, level.stepsPerBlock)) {
        columns.set(metric, OpenColumn.from(column));
      }
    }
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
    const index = Math.floor((t - block.start) / block.level.stepMs);
    column.add(index, { count: 1, min: value, max: value, sum: value });
    block.dirty = true;
  }

  function add(metric: number, t: number, value: number): void {
    const start = blockStart(finest, t);
    put(opened(finest, start, true) as OpenBlock, metric, t, value);
    if (start >= newest) {
      newest = start;
      return;
    }
    // The host's clock went back, into a time that coarser blocks have already summed up.
    for (const level of ladder.slice(1)) {
      const block = opened(level, blockStart(level, t), false);
      if (block) put(block, metric, t, value);
    }
  }

  function columnsOf({ columns }: OpenBlock, wanted?: ReadonlySet<number>): Columns {
    const metrics = wanted ? [...wanted].filter((metric) => columns.has(metric)) : [...columns.keys()];
    return new Map(metrics.map((metric) => [metric, (columns.get(metric) as OpenColumn).column()]));
  }

  function read(level: Level, start: number, wanted?: ReadonlySet<number>): Columns | null {
    const inMemory = open.get(keyOf(level, start));
    if (inMemory) return columnsOf(inMemory, wanted);
    const body = bodyOf(level, start);
    if (body) return unpackBlock(body, level.stepsPerBlock, wanted);
    const below = ladder[level.level - 1];
    return below ? compose(level, start, below, wanted) : null;
  }

  function compose(level: Level, start: number, below: Level, wanted?: ReadonlySet<number>): Columns | null {
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
        for (const [index, count] of column.counts.entries()) {
          if (count === 0) continue;
          const at = Math.floor((part - start + index * below.stepMs) / level.stepMs);
          addTo(target, at, {
            count,
            min: column.mins[index] ?? 0,
            max: column.maxs[index] ?? 0,
            sum: column.sums[index] ?? 0,
          });
        }
      }
    }
    return whole;
  }

  /** The starts of a level's blocks, in memory or on disk, in `from` to `to` (without). */
  function startsOf({ level }: Level, from: number, to: number): number[] {
    const inMemory = [...open.values(), ...made.values()]
      .filter((block) => block.level.level === level && block.start >= from && block.start < to)
      .map(({ start }) => start);
    return [...new Set([...(store()?.starts(level, from, to) ?? []), ...inMemory])].sort((a, b) => a - b);
  }

  /** The metrics that anything is known of in a block, or in those that it is made from. */
  function metricsIn(level: Level, start: number): Set<number> {
    const inMemory = open.get(keyOf(level, start));
    if (inMemory) return new Set(inMemory.columns.keys());
    const body = bodyOf(level, start);
    if (body) return new Set(metricsOfBlock(body));
    const below = ladder[level.level - 1];
    const metrics = new Set<number>();
    for (let part = start; below && part < start + level.blockMs; part += below.blockMs) {
      for (const metric of metricsIn(below, part)) metrics.add(metric);
    }
    return metrics;
  }

  /** Some metrics at a time: a block of two thousand metrics takes tens of MiB when it is unpacked whole. */
  function make(level: Level, start: number, below: Level): void {
    const metrics = [...metricsIn(level, start)];
    const packed: [number, Buffer][] = [];
    for (let index = 0; index < metrics.length; index += metricsAtOnce) {
      const columns = compose(level, start, below, new Set(metrics.slice(index, index + metricsAtOnce)));
      for (const [metric, column] of columns ?? []) packed.push([metric, packColumn(column)]);
    }
    if (packed.length > 0) made.set(keyOf(level, start), { level, start, body: packBlock(packed) });
  }

  /** Makes the coarser levels' blocks, each once all below it is complete. Before they are due, reading makes them. */
  function makeCompleted(now: number): void {
    for (const [index, level] of ladder.entries()) {
      const below = ladder[index - 1];
      if (!below) continue;
      const starts = startsOf(below, Number.MIN_SAFE_INTEGER, now).map((start) => blockStart(level, start));
      for (const start of new Set(starts)) {
        const key = keyOf(level, start);
        if (start + level.blockMs > now || open.has(key) || made.has(key)) continue;
        if ((store()?.starts(level.level, start, start + 1).length ?? 0) === 0) make(level, start, below);
      }
    }
  }

  function expired(now: number): BlockChange[] {
    return ladder.flatMap((level) =>
      startsOf(level, Number.MIN_SAFE_INTEGER, now - level.keptMs - level.blockMs + 1).map((start) => {
        open.delete(keyOf(level, start));
        made.delete(keyOf(level, start));
        return { level: level.level, start, body: null };
      }),
    );
  }

  return {
    add,
    read,
    changes(now) {
      makeCompleted(now);
      const written = [...open.values()]
        .filter(({ dirty }) => dirty)
        .map(({ level, start, columns }) => {
          const packed = [...columns].map(
            ([metric, column]) => [metric, packColumn(column.column())] as const,
          );
          return { level: level.level, start, body: packBlock(packed) };
        });
      const composed = [...made.values()].map(({ level, start, body }) => ({
        level: level.level,
        start,
        body,
      }));
      return [...written, ...composed, ...expired(now)];
    },
    settled() {
      absent.clear();
      made.clear();
      for (const [key, block] of open) {
        if (block.level === finest && block.start === newest) block.dirty = false;
        else open.delete(key);
      }
    },
  };
}
