'use client';

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { firingWithoutRule } from '@/lib/health/firing';
import type { Alert } from '@/lib/protocol/alerting';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import { type AlertSync, createAlertSync } from '../store/alert-sync';
import type { DisplayStore } from '../store/display-store';
import { useLiveStore } from './hooks';

interface Held {
  readonly sync: AlertSync;
  /** The store that they belong to. */
  readonly store: DisplayStore;
  readonly rendered: readonly Alert[];
}

const AlertsContext = createContext<Held | null>(null);

export interface AlertsProviderProps {
  /** The alerts that were on when the page was rendered: the worst of them, and how many there were. */
  readonly initial: { readonly items: readonly Alert[]; readonly total: number };
  readonly children: ReactNode;
}

/** Holds what the page knows of alerts. Needs a `LiveProvider` above it. */
export function AlertsProvider({ initial, children }: AlertsProviderProps) {
  const store = useLiveStore();
  const [held] = useState(
    (): Held => ({
      sync: createAlertSync(store, initial.items, initial.total),
      store,
      rendered: initial.items,
    }),
  );
  useEffect(() => held.sync.open(), [held]);
  return <AlertsContext.Provider value={held}>{children}</AlertsContext.Provider>;
}

function useHeld() {
  const held = useContext(AlertsContext);
  if (!held) throw new Error('alerts need an AlertsProvider above them');
  return held;
}

export function useAlertSync(): AlertSync {
  return useHeld().sync;
}

/** All alerts that the page knows, the newest change first. */
export function useAlerts(): readonly Alert[] {
  const { sync, rendered } = useHeld();
  return useSyncExternalStore(
    sync.alerts.subscribe,
    () => sync.alerts.all,
    () => rendered,
  );
}

/** The alerts of what a store shows, now and as rendered; `null` where this page has none, or they are of another time. */
export function useAlertsOf(store: DisplayStore) {
  const held = useContext(AlertsContext);
  return useMemo(() => {
    const own = held && held.store === store ? held : null;
    return { now: () => own?.sync.alerts.all ?? null, rendered: own?.rendered ?? null };
  }, [held, store]);
}

const none: ReadonlyMap<string, FiringAlert> = new Map();
const stepMs = 5_000;

/** What fires that no rule made, the newest first: the sentence speaks of it, so the bell and the lists do. */
export function useAlertsWithoutRule(): readonly FiringAlert[] {
  const { store } = useHeld();
  const firing = useSyncExternalStore(
    store.subscribe,
    () => store.firing,
    () => none,
  );
  const step = useSyncExternalStore(
    store.subscribe,
    () => Math.floor(store.hostNow() / stepMs),
    () => 0,
  );
  return useMemo(() => firingWithoutRule(firing.values(), step * stepMs), [firing, step]);
}
