'use client';

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { Session } from '@/lib/client/inspector/session';
import { Subscribable } from '@/lib/client/subscribable';

interface Inspector {
  readonly session: Session;
  /** Called once a frame at most, however much arrives; not at all while the page is hidden. */
  subscribe(listener: () => void): () => void;
  /** The session's version as of the last call. */
  shown(): number;
}

const InspectorContext = createContext<Inspector | null>(null);

function createInspector(types: readonly string[]): Inspector {
  const session = new Session({ path: '/api/events', types, fetch: (...request) => fetch(...request) });
  const batches = new Subscribable();
  let shown = session.version;
  let isDue = false;
  session.subscribe(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      shown = session.version;
      batches.notify();
    });
  });
  return {
    session,
    subscribe: batches.subscribe,
    shown: () => shown,
  };
}

export interface InspectorProviderProps {
  readonly types: readonly string[];
  readonly children: ReactNode;
}

/** Holds the page's one stream. */
export function InspectorProvider({ types, children }: InspectorProviderProps) {
  const [inspector] = useState(() => createInspector(types));
  useEffect(() => {
    inspector.session.connect();
    return () => inspector.session.close();
  }, [inspector]);
  return <InspectorContext.Provider value={inspector}>{children}</InspectorContext.Provider>;
}

function useInspector(): Inspector {
  const inspector = useContext(InspectorContext);
  if (!inspector) throw new Error('useInspector needs an InspectorProvider above it');
  return inspector;
}

export function useSession(): Session {
  return useInspector().session;
}

/** What `select` reads from the session; renders again when it changes. Return what compares by identity. */
export function useSelected<T>(select: (session: Session) => T): T {
  const { session, subscribe } = useInspector();
  const read = () => select(session);
  return useSyncExternalStore(subscribe, read, read);
}

/** Renders again with each batch of changes. */
export function useEachBatch(): number {
  const { subscribe, shown } = useInspector();
  return useSyncExternalStore(subscribe, shown, shown);
}

/** Renders again this often, for figures that are read and not watched. `null` stops it. */
export function useTick(everyMs: number | null): void {
  const [, setCount] = useState(0);
  const tick = useCallback(() => setCount((count) => count + 1), []);
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, tick]);
}
