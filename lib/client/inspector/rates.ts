export interface Rates {
  add(atMs: number, events: number, bytes: number): void;
  /** The last full minute second by second, oldest first; the second under way is left out. */
  read(nowMs: number): { readonly events: readonly number[]; readonly bytes: readonly number[] };
}

export const rateSeconds = 60;

/** Counts per second in a ring; `atMs` must not go back by more than the ring is long. */
export function createRates(): Rates {
  // One more than is read: the second under way.
  const size = rateSeconds + 1;
  const slots = Array.from({ length: size }, () => ({ second: -1, events: 0, bytes: 0 }));
  const slotAt = (second: number) => slots[((second % size) + size) % size];

  return {
    add(atMs, events, bytes) {
      const second = Math.floor(atMs / 1000);
      const slot = slotAt(second);
      if (!slot || slot.second > second) return;
      if (slot.second < second) Object.assign(slot, { second, events: 0, bytes: 0 });
      slot.events += events;
      slot.bytes += bytes;
    },
    read(nowMs) {
      const present = Math.floor(nowMs / 1000);
      const past = Array.from({ length: rateSeconds }, (_, index) => {
        const second = present - rateSeconds + index;
        const slot = slotAt(second);
        return slot?.second === second ? slot : null;
      });
      return { events: past.map((slot) => slot?.events ?? 0), bytes: past.map((slot) => slot?.bytes ?? 0) };
    },
  };
}

/** The mean of the newest seconds: steady enough to be read. */
export function meanOfNewest(perSecond: readonly number[], seconds: number): number {
  const newest = perSecond.slice(-seconds);
  return newest.reduce((sum, count) => sum + count, 0) / Math.max(1, newest.length);
}
