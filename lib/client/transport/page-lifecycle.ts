export interface PageLife {
  /** The page may be back from sleep, freezing or a network loss. */
  wake(): void;
  /** The page is invisible: a hidden tab, or a frame that is scrolled out of view. */
  away(isAway: boolean): void;
  /** The page is closed, or kept by the browser for a return; open connections would prevent that. */
  leave(): void;
  /** The user returned to it. */
  comeBack(): void;
}

/** Calls back as the page is hidden, frozen, closed and restored; does nothing in a worker or on the server. */
export function followPage(life: PageLife): () => void {
  if (typeof window === 'undefined') return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  let isOutOfView = false;
  const update = () => {
    life.away(document.visibilityState === 'hidden' || isOutOfView);
    if (document.visibilityState !== 'hidden') life.wake();
  };

  window.addEventListener('online', life.wake, { signal });
  window.addEventListener('pagehide', life.leave, { signal });
  window.addEventListener('pageshow', ({ persisted }) => persisted && life.comeBack(), { signal });
  document.addEventListener('visibilitychange', update, { signal });
  document.addEventListener('resume', life.wake, { signal });
  if (window.parent !== window && typeof IntersectionObserver !== 'undefined') {
    const observer = new IntersectionObserver(([entry]) => {
      isOutOfView = entry?.isIntersecting === false;
      update();
    });
    observer.observe(document.documentElement);
    signal.addEventListener('abort', () => observer.disconnect());
  }
  return () => stop.abort();
}

/** Whether the page is hidden, before `followPage` reports it. */
export const isHidden = () => typeof document !== 'undefined' && document.visibilityState === 'hidden';
