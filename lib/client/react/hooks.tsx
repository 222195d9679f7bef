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
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import type { InitialState } from '@/lib/protocol/initial-state';
import { createDisplayStore, type DisplayStore } from '../store/display-store';
import { FeedStore } from '../store/store';
import { fetchRecent } from '../transport/recent-events';

interface Live {
  readonly store: DisplayStore;
  /**
   * What the server rendered from, and nothing that came since: a part of the page that hydrates late would
   * otherwise differ from its HTML.
   */
  readonly rendered: DisplayStore;
}

const LiveContext = createContext<Live | null>(null);

export interface LiveProviderProps {
  readonly initial: InitialState;
  readonly types: readonly LoggedType[];
  readonly children: ReactNode;
}

/** Holds the page's one store and its one connection. */
export function LiveProvider({ initial, types, children }: LiveProviderProps) {
  const [live] = useState(() => {
    const create = () => new FeedStore(initial, fetchRecent);
    return {
      store: createDisplayStore(create()),
      rendered: createDisplayStore(create(), initial.serverTime),
    };
  });
  const wanted = types.join(',');
  useEffect(() => live.store.connect(wanted.split(',') as LoggedType[]), [live, wanted]);
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/** The live store, and the one that the server rendered from. */
export function useLiveStores(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLiveStore needs a LiveProvider above it');
  return live;
}

/** Shows what is below from another store, such as one of the past; from the page's own while there is none. */
export function LiveView({
  store,
  children,
}: {
  readonly store: DisplayStore | null;
  readonly children: ReactNode;
}) {
  const live = useLiveStores();
  const shown = useMemo(() => (store ? { ...live, store } : live), [live, store]);
  return <LiveContext value={shown}>{children}</LiveContext>;
}

export function useLiveStore(): DisplayStore {
  return useLiveStores().store;
}

/** What `select` reads from the store; the component renders again when it changes. Return what compares by identity. */
export function useLive<T>(select: (store: DisplayStore) => T): T {
  const { store, rendered } = useLiveStores();
  return useSyncExternalStore(
    store.subscribe,
    () => select(store),
    () => select(rendered),
  );
}

/** The newest sample of a type; `null` before the first, and once it is stale. */
export function useLatest<T extends LoggedType>(type: T): LoggedPayloads[T] | null {
  return useLive((store) => store.latest(type));
}
