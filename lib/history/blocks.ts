import { type Columns, packBlock, unpackBlock } from './block';
import { addTo, newColumn } from './column';
import type { BlockChange, HistoryStore } from './history-store';
import { blockStart, type Level, ladder } from './ladder';

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

/** The store, or `null` while it is away; then only memory is known. */
export function openBlocks(store: () => HistoryStore | null): Blocks {
  /** By level and start: whole blocks that differ from what is on disk, or that are about to. */
  const open = new Map<string, { level: Level; start: number; columns: Columns; dirty: boolean }>();
  const [finest] = ladder as [Level, ...Level[]];
  /** The newest block of the finest level stays open: the next sample goes there. */
  let newest = Number.NEGATIVE_INFINITY;

  const keyOf = (level: Level, start: number) => `${level.level}:${start}`;

  /** Blocks that are not on disk, so that a clock that went back does not ask for each sample again. */
  const absent = new Set<string>();

  function fromDisk(level: Level, start: number, wanted?: ReadonlySet<number>): Columns | null {
    const key = keyOf(level, start);
    if (absent.has(key)) return null;
    const body = store()?.block(level.level, start) ?? null;
    if (!body) absent.add(key);
    return body ? unpackBlock(body, level.stepsPerBlock, wanted) : null;
  }

  function take(level: Level, start: number, columns: Columns) {
    const block = { level, start, columns, dirty: true };
    open.set(keyOf(level, start), block);
    return block;
  }

  function put(
    columns: Columns,
    level: Level,
    start: number,
    metric: number,
    t: number,
    value: number,
  ): void {
    let column = columns.get(metric);
    if (!column) {
      column = newColumn(level.stepsPerBlock);
      columns.set(metric, column);
    }
    const index = Math.floor((t - start) / level.stepMs);
    addTo(column, index, { count: 1, min: value, max: value, sum: value });
  }

  function add(metric: number, t: number, value: number): void {
    const start = blockStart(finest, t);
    let block = open.get(keyOf(finest, start)) ?? take(finest, start, fromDisk(finest, start) ?? new Map());
    if (!block.dirty) block = take(finest, start, block.columns);
    put(block.columns, finest, start, metric, t, value);
    if (start >= newest) {
      newest = start;
      return;
    }
    // The host's clock went back, into a time that coarser blocks have already summed up.
    for (const level of ladder.slice(1)) {
      const begin = blockStart(level, t);
      const columns = open.get(keyOf(level, begin))?.columns ?? fromDisk(level, begin);
      if (columns) put(take(level, begin, columns).columns, level, begin, metric, t, value);
    }
  }

  function pick(columns: Columns, wanted?: ReadonlySet<number>): Columns {
    if (!wanted) return columns;
    return new Map([...columns].filter(([metric]) => wanted.has(metric)));
  }

  function read(level: Level, start: number, wanted?: ReadonlySet<number>): Columns | null {
    const inMemory = open.get(keyOf(level, start));
    if (inMemory) return pick(inMemory.columns, wanted);
    const whole = fromDisk(level, start, wanted);
    if (whole) return whole;
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
    const inMemory = [...open.values()]
      .filter((block) => block.level.level === level && block.start >= from && block.start < to)
      .map(({ start }) => start);
    return [...new Set([...(store()?.starts(level, from, to) ?? []), ...inMemory])].sort((a, b) => a - b);
  }

  /** Complete blocks of the coarser levels, each made once all below it is. Before they are due, reading makes them. */
  function completed(now: number): BlockChange[] {
    const made: BlockChange[] = [];
    for (const [below, level] of ladder
      .slice(1)
      .map((level, index) => [ladder[index] as Level, level] as const)) {
      const parents = new Set(
        startsOf(below, Number.MIN_SAFE_INTEGER, now).map((start) => blockStart(level, start)),
      );
      for (const start of parents) {
        if (start + level.blockMs > now || open.has(keyOf(level, start))) continue;
        if ((store()?.starts(level.level, start, start + 1).length ?? 0) > 0) continue;
        const columns = compose(level, start, below);
        if (columns) {
          take(level, start, columns);
          made.push({ level: level.level, start, body: packBlock(columns) });
        }
      }
    }
    return made;
  }

  function expired(now: number): BlockChange[] {
    return ladder.flatMap((level) =>
      startsOf(level, Number.MIN_SAFE_INTEGER, now - level.keptMs - level.blockMs + 1).map((start) => {
        open.delete(keyOf(level, start));
        return { level: level.level, start, body: null };
      }),
    );
  }

  return {
    add,
    read,
    changes(now) {
      const written = [...open.values()]
        .filter(({ dirty }) => dirty)
        .map(({ level, start, columns }) => ({ level: level.level, start, body: packBlock(columns) }));
      return [...written, ...completed(now), ...expired(now)];
    },
    settled() {
      absent.clear();
      for (const [key, block] of open) {
        if (block.level === finest && block.start === newest) block.dirty = false;
        else open.delete(key);
      }
    },
  };
}
