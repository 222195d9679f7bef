export interface PageLife {
  /** What slept, froze or lost its network may be back. */
  wake(): void;
  /** Nobody can see it: a hidden tab, or a frame that is scrolled out of view. */
  away(isAway: boolean): void;
  /** It is closed, or kept by the browser in case its reader comes back; what is open would prevent that. */
  leave(): void;
  /** Its reader came back. */
  comeBack(): void;
}

/** Tells what becomes of this page; nothing where there is none. */
export function watchPage(life: PageLife): () => void {
  if (typeof window === 'undefined') return () => {};
  const stop = new AbortController();
  const { signal } = stop;
  let isOutOfView = false;
  const look = () => {
    life.away(document.visibilityState === 'hidden' || isOutOfView);
    if (document.visibilityState !== 'hidden') life.wake();
  };

  window.addEventListener('online', life.wake, { signal });
  window.addEventListener('pagehide', life.leave, { signal });
  window.addEventListener('pageshow', ({ persisted }) => persisted && life.comeBack(), { signal });
  document.addEventListener('visibilitychange', look, { signal });
  document.addEventListener('resume', life.wake, { signal });
  if (window.parent !== window && typeof IntersectionObserver !== 'undefined') {
    const observer = new IntersectionObserver(([entry]) => {
      isOutOfView = entry?.isIntersecting === false;
      look();
    });
    observer.observe(document.documentElement);
    signal.addEventListener('abort', () => observer.disconnect());
  }
  return () => stop.abort();
}

/** Whether nobody can see this page, before its life is watched. */
export const isHidden = () => typeof document !== 'undefined' && document.visibilityState === 'hidden';
