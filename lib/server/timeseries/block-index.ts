import type { BlockChange, BlockPlace, HistoryStore } from './history-store';
import { tiers } from './retention-tiers';

/** By level: the starts of its blocks and what each weighs in bytes. Some hundreds in all. */
export type Places = readonly Map<number, number>[];

/** What is on disk, known without asking it. */
export interface BlockIndex {
  has(level: number, start: number): boolean;
  starts(level: number): Iterable<number>;
  /** A copy with these changes, to think with. */
  after(changes: readonly BlockChange[]): Places;
  /** These changes have been made. */
  apply(changes: readonly BlockChange[]): void;
}

function changed(places: Places, changes: readonly BlockChange[]): Places {
  for (const { level, start, body } of changes) {
    if (body) places[level]?.set(start, body.length);
    else places[level]?.delete(start);
  }
  return places;
}

export const weightOf = (places: Places) =>
  places.reduce((sum, level) => [...level.values()].reduce((all, one) => all + one, sum), 0);

/** Read from the store when there is one, and again when there is another. */
export function openBlockIndex(store: () => HistoryStore | null): BlockIndex {
  let of: HistoryStore | null = null;
  let places: Places = tiers.map(() => new Map());

  function current(): Places {
    const present = store();
    if (present === of) return places;
    const found: Places = tiers.map(() => new Map());
    for (const { level, start, bytes } of present?.places() ?? []) found[level]?.set(start, bytes);
    places = found;
    of = present;
    return places;
  }

  return {
    has: (level, start) => current()[level]?.has(start) ?? false,
    starts: (level) => current()[level]?.keys() ?? [],
    after: (changes) =>
      changed(
        current().map((level) => new Map(level)),
        changes,
      ),
    apply(changes) {
      changed(current(), changes);
    },
  };
}

/**
 * What has to go so that `bytes` less are taken: the oldest of the finest level first, as long as coarser ones have
 * summed it up; then the oldest of the next level, and in the end whatever is oldest. `places` loses them.
 */
export function crowdedOut(
  places: Places,
  bytes: number,
  spare: (place: BlockPlace) => boolean,
): BlockPlace[] {
  const gone: BlockPlace[] = [];
  let toFree = bytes;
  const isSummedUp = (level: number, start: number) => {
    const above = tiers[level + 1];
    return !above || places[above.level]?.has(Math.floor(start / above.blockMs) * above.blockMs) === true;
  };
  for (const mayGo of [isSummedUp, () => true]) {
    for (const { level } of tiers) {
      const blocks = places[level];
      for (const [start, weight] of [...(blocks ?? [])].sort(([one], [other]) => one - other)) {
        if (toFree <= 0) return gone;
        const place = { level, start, bytes: weight };
        if (spare(place) || !mayGo(level, start)) continue;
        blocks?.delete(start);
        gone.push(place);
        toFree -= weight;
      }
    }
  }
  return gone;
}
