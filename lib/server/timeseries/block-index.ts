import type { BlockChange, BlockPlace, HistoryStore } from './history-store';
import { blockStart, tiers } from './retention-tiers';

/** By tier: the starts of its stored blocks, and the size of each in bytes. Some hundreds in all. */
export type Places = readonly Map<number, number>[];

function changed(places: Places, changes: readonly BlockChange[]): Places {
  for (const { tier, start, body } of changes) {
    if (body) places[tier]?.set(start, body.length);
    else places[tier]?.delete(start);
  }
  return places;
}

export const bytesOf = (places: Places) =>
  places.reduce((sum, blocks) => [...blocks.values()].reduce((all, one) => all + one, sum), 0);

/** Which blocks are on disk, without a query: read from the store once, and again when there is another store. */
export class BlockIndex {
  readonly #store: () => HistoryStore | null;
  #indexed: HistoryStore | null = null;
  #places: Places = tiers.map(() => new Map());

  constructor(store: () => HistoryStore | null) {
    this.#store = store;
  }

  has(tier: number, start: number): boolean {
    return this.#current()[tier]?.has(start) ?? false;
  }

  starts(tier: number): Iterable<number> {
    return this.#current()[tier]?.keys() ?? [];
  }

  /** A copy with these changes. */
  after(changes: readonly BlockChange[]): Places {
    const copy = this.#current().map((blocks) => new Map(blocks));
    return changed(copy, changes);
  }

  /** These changes have been written. */
  apply(changes: readonly BlockChange[]): void {
    changed(this.#current(), changes);
  }

  #current(): Places {
    const store = this.#store();
    if (store === this.#indexed) return this.#places;
    const found: Places = tiers.map(() => new Map());
    for (const { tier, start, bytes } of store?.places() ?? []) found[tier]?.set(start, bytes);
    this.#places = found;
    this.#indexed = store;
    return this.#places;
  }
}

/**
 * The blocks to delete so that `bytes` fewer are taken: the oldest of the finest tier first, as long as coarser ones
 * have them rolled up; then the oldest of the next tier, and in the end whatever is oldest. Removes them from `places`.
 */
export function crowdedOut(
  places: Places,
  bytes: number,
  isSpared: (place: BlockPlace) => boolean,
): BlockPlace[] {
  const gone: BlockPlace[] = [];
  let toFree = bytes;
  const isRolledUp = (tier: number, start: number) => {
    const above = tiers[tier + 1];
    return !above || places[above.index]?.has(blockStart(above, start)) === true;
  };
  for (const mayGo of [isRolledUp, () => true]) {
    for (const [tier, blocks] of places.entries()) {
      for (const [start, size] of [...blocks].sort(([one], [other]) => one - other)) {
        if (toFree <= 0) return gone;
        const place = { tier, start, bytes: size };
        if (isSpared(place) || !mayGo(tier, start)) continue;
        blocks.delete(start);
        gone.push(place);
        toFree -= size;
      }
    }
  }
  return gone;
}
