import { useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * Whether the page runs in a browser by now. The server does not know the reader's time zone; and what readers
 * change in a controlled field before that, React puts back.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
