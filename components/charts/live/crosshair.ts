import { useSyncExternalStore } from 'react';

/**
 * The selected time: so long ago, staying where it is while time passes under it; or at a time of its
 * own, where the axis stands still. One for all charts of a page.
 */
export type Pointed = { readonly agoMs: number } | { readonly t: number };

let pointed: Pointed | null = null;
const listeners = new Set<() => void>();

function show(next: Pointed | null): void {
  if (pointed === next) return;
  pointed = next;
  for (const listener of listeners) listener();
}

export const crosshair = {
  get pointed() {
    return pointed;
  },
  /** How long ago the selected time is, in ms; `null` without one. */
  get agoMs() {
    return agoMsOf(pointed);
  },
  point(agoMs: number | null): void {
    if (agoMs === crosshair.agoMs && !isFixed(pointed)) return;
    show(agoMs === null ? null : { agoMs });
  },
  /** At a fixed time, in Unix ms on the host's clock. */
  pointAt(t: number): void {
    if (!isFixed(pointed) || pointed.t !== t) show({ t });
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

const isFixed = (of: Pointed | null): of is { readonly t: number } => of !== null && 't' in of;
const agoMsOf = (of: Pointed | null) => (of === null || isFixed(of) ? null : of.agoMs);

/** The selected time in Unix ms; `null` without one. */
export function pointedTime(of: Pointed | null, now: number): number | null {
  if (of === null) return null;
  return isFixed(of) ? of.t : now - of.agoMs;
}

export function useCrosshair(): number | null {
  return useSyncExternalStore(
    crosshair.subscribe,
    () => crosshair.agoMs,
    () => null,
  );
}

export function usePointed(): Pointed | null {
  return useSyncExternalStore(
    crosshair.subscribe,
    () => pointed,
    () => null,
  );
}
