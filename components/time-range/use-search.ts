import { useSearchParams } from 'next/navigation';
import { useMemo, useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/**
 * The query of the address, at once when it changes. Next's own changes in a transition, which the figures of a
 * page that is live or replayed interrupt for up to five seconds.
 */
export function useSearch(): URLSearchParams {
  const rendered = useSearchParams().toString();
  const text = useSyncExternalStore(
    subscribe,
    () => location.search,
    () => rendered,
  );
  return useMemo(() => new URLSearchParams(text), [text]);
}

/** Goes to another query of this page, as a step that the browser's Back takes back. */
export function pushSearch(search: string, state: object): void {
  history.pushState(state, '', `${location.pathname}${search}${location.hash}`);
  for (const listener of [...listeners]) listener();
}
