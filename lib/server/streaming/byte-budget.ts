/** A bound on the bytes that several caches hold together; the oldest entry of all is evicted first. */
export interface ByteBudget {
  /** Counts an entry; `evict` is called when there is no room for it any more. Returns a function that removes it. */
  add(bytes: number, evict: () => void): () => void;
  readonly bytes: number;
}

export function openByteBudget(maxBytes: number): ByteBudget {
  const entries = new Set<{ readonly bytes: number; readonly evict: () => void }>();
  let total = 0;

  function makeRoom(): void {
    for (const entry of entries) {
      // The newest stays, however large it is: it is about to be used.
      if (total <= maxBytes || entries.size === 1) return;
      entries.delete(entry);
      total -= entry.bytes;
      entry.evict();
    }
  }

  return {
    get bytes() {
      return total;
    },
    add(bytes, evict) {
      const entry = { bytes, evict };
      entries.add(entry);
      total += bytes;
      makeRoom();
      return () => {
        if (entries.delete(entry)) total -= bytes;
      };
    },
  };
}
