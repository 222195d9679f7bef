import { useSyncExternalStore } from 'react';

/** How long ago the moment under the pointer is, in ms; `null` while nothing points. One for all charts of a page. */
let agoMs: number | null = null;
const listeners = new Set<() => void>();

export const crosshair = {
  get agoMs() {
    return agoMs;
  },
  point(next: number | null): void {
    if (next === agoMs) return;
    agoMs = next;
    for (const listener of listeners) listener();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export function useCrosshair(): number | null {
  return useSyncExternalStore(
    crosshair.subscribe,
    () => agoMs,
    () => null,
  );
}
