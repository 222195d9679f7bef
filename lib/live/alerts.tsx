'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Alert } from '@/lib/events/alerting';
import { type AlertDesk, createAlertDesk } from './alert-desk';
import { useLiveStore } from './hooks';

const DeskContext = createContext<{ readonly desk: AlertDesk; readonly rendered: readonly Alert[] } | null>(
  null,
);

export interface AlertsProviderProps {
  /** The alerts that were on when the page was rendered. */
  readonly initial: readonly Alert[];
  readonly children: ReactNode;
}

/** Holds what the page knows of alerts. Needs a `LiveProvider` above it. */
export function AlertsProvider({ initial, children }: AlertsProviderProps) {
  const store = useLiveStore();
  const [held] = useState(() => ({ desk: createAlertDesk(store, initial), rendered: initial }));
  useEffect(() => held.desk.open(), [held]);
  return <DeskContext.Provider value={held}>{children}</DeskContext.Provider>;
}

function useHeld() {
  const held = useContext(DeskContext);
  if (!held) throw new Error('alerts need an AlertsProvider above them');
  return held;
}

export function useAlertDesk(): AlertDesk {
  return useHeld().desk;
}

/** All alerts that the page knows, the newest change first. */
export function useAlerts(): readonly Alert[] {
  const { desk, rendered } = useHeld();
  return useSyncExternalStore(
    desk.book.subscribe,
    () => desk.book.all,
    () => rendered,
  );
}
