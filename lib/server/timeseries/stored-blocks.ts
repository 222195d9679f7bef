import { decoded, UnreadableError } from '@/lib/server/storage/unreadable';
import { BlockIndex } from './block-index';
import type { BlockChange, HistoryStore } from './history-store';
import type { Tier } from './retention-tiers';

/** A block of a tier that begins at `start`: Unix ms. */
export interface TierBlock {
  readonly tier: Tier;
  readonly start: number;
}

export const blockKey = (tier: number, start: number) => `${tier}:${start}`;

/** The blocks on disk. One that cannot be decoded is noted, and read as if it were not there. */
export class StoredBlocks {
  readonly index: BlockIndex;
  readonly #store: () => HistoryStore | null;
  readonly #unreadable = new Map<string, TierBlock>();

  /** Without a store, there are no blocks. */
  constructor(store: () => HistoryStore | null) {
    this.#store = store;
    this.index = new BlockIndex(store);
  }

  /** Blocks found so far that cannot be decoded. */
  get unreadable(): readonly TierBlock[] {
    return [...this.#unreadable.values()];
  }

  has({ index }: Tier, start: number): boolean {
    return this.index.has(index, start);
  }

  /** What `decode` returns for a block's body; `null` where there is no block or it cannot be decoded. */
  decode<T>(tier: Tier, start: number, decode: (body: Uint8Array) => T): T | null {
    if (this.#unreadable.has(blockKey(tier.index, start)) || !this.has(tier, start)) return null;
    return this.decodeFrom(this.#store(), tier, start, decode);
  }

  /** The same for a store that the index does not know yet. */
  decodeFrom<T>(
    store: HistoryStore | null,
    tier: Tier,
    start: number,
    decode: (body: Uint8Array) => T,
  ): T | null {
    try {
      const body = store?.block(tier.index, start) ?? null;
      return body && decoded(() => decode(body));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      this.#unreadable.set(blockKey(tier.index, start), { tier, start });
      return null;
    }
  }

  /** These changes have been written. */
  apply(changes: readonly BlockChange[]): void {
    this.index.apply(changes);
    for (const { tier, start } of changes) this.#unreadable.delete(blockKey(tier, start));
  }

  /** The bytes that the database takes besides its blocks. */
  otherBytes(usedByBlocks: number): number {
    return Math.max(0, (this.#store()?.size().usedBytes ?? 0) - usedByBlocks);
  }
}
