import type { Frame } from './frame';

/** A frame in its order of arrival. `atMs` is monotonic. */
export interface Entry {
  readonly n: number;
  readonly atMs: number;
  readonly frame: Frame;
}

export interface RingBounds {
  readonly maxAgeMs: number;
  readonly maxEntries: number;
  readonly maxCharacters: number;
}

/** The newest frames of one type, bounded by age, count and size; the oldest go first. */
export interface Ring {
  push(entry: Entry): void;
  /** What came after `n`, oldest first. */
  after(n: number): readonly Entry[];
  /** The newest entry that was dropped; -1 while none was. */
  readonly trimmedTo: number;
  trim(nowMs: number): void;
}

export function createRing({ maxAgeMs, maxEntries, maxCharacters }: RingBounds): Ring {
  let entries: Entry[] = [];
  /** The index of the oldest entry. Those before it are removed in blocks: moving the rest for each would be slow. */
  let head = 0;
  let characters = 0;
  let trimmedTo = -1;

  const sizeOf = ({ frame }: Entry) => frame[1].length;

  function trim(nowMs: number): void {
    for (let oldest = entries[head]; oldest; oldest = entries[head]) {
      const fits = entries.length - head <= maxEntries && characters <= maxCharacters;
      if (fits && nowMs - oldest.atMs <= maxAgeMs) break;
      characters -= sizeOf(oldest);
      trimmedTo = oldest.n;
      head += 1;
    }
    if (head <= 64 && head < entries.length) return;
    entries = entries.slice(head);
    head = 0;
  }

  return {
    push(entry) {
      entries.push(entry);
      characters += sizeOf(entry);
      trim(entry.atMs);
    },
    after(n) {
      let first = entries.length;
      while (first > head && (entries[first - 1]?.n ?? n) > n) first -= 1;
      return entries.slice(first);
    },
    get trimmedTo() {
      return trimmedTo;
    },
    trim,
  };
}
