/** A bound on the bytes that several caches hold together; the oldest entry of all goes first. */
export interface ByteBudget {
  /** Notes an entry; `forget` is called when there is no room for it any more. Returns the way to take it out. */
  add(bytes: number, forget: () => void): () => void;
  readonly bytes: number;
}

export function openByteBudget(maxBytes: number): ByteBudget {
  const entries = new Set<{ readonly bytes: number; readonly forget: () => void }>();
  let total = 0;

  function makeRoom(): void {
    for (const entry of entries) {
      // The newest stays, however large it is: somebody is about to use it.
      if (total <= maxBytes || entries.size === 1) return;
      entries.delete(entry);
      total -= entry.bytes;
      entry.forget();
    }
  }

  return {
    get bytes() {
      return total;
    },
    add(bytes, forget) {
      const entry = { bytes, forget };
      entries.add(entry);
      total += bytes;
      makeRoom();
      return () => {
        if (entries.delete(entry)) total -= bytes;
      };
    },
  };
}
