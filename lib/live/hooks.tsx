'use client';

import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { LoggedPayloads, LoggedType } from '@/lib/events/event-types';
import { createLiveStore, type InitialState, type LiveStore } from './store';

const LiveContext = createContext<LiveStore | null>(null);

export interface LiveProviderProps {
  readonly initial: InitialState;
  readonly types: readonly LoggedType[];
  readonly children: ReactNode;
}

/** Holds the page's one store and its one connection. */
export function LiveProvider({ initial, types, children }: LiveProviderProps) {
  const [store] = useState(() => createLiveStore(initial));
  const wanted = types.join(',');
  useEffect(() => store.connect(wanted.split(',') as LoggedType[]), [store, wanted]);
  return <LiveContext.Provider value={store}>{children}</LiveContext.Provider>;
}

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error('useLiveStore needs a LiveProvider above it');
  return store;
}

/** What `select` reads from the store; the component renders again when it changes. Return what compares by identity. */
export function useLive<T>(select: (store: LiveStore) => T): T {
  const store = useLiveStore();
  const read = () => select(store);
  return useSyncExternalStore(store.subscribe, read, read);
}

/** The newest sample of a type; `null` before the first, and once it is stale. */
export function useLatest<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
  return useLive((store) => store.latest(type));
}
