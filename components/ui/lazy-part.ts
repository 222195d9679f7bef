import { useEffect, useSyncExternalStore } from 'react';

export interface LateState<T> {
  /** `null` until it is loaded. */
  readonly part: T | null;
  /** Whether the last attempt to load it has failed. */
  readonly hasFailed: boolean;
}

/** Code that a page fetches after it has opened. */
export interface Late<T> {
  readonly state: LateState<T>;
  /** Loads it once; `null` when that fails. Never rejects; each call after a failure tries again. */
  load(): Promise<T | null>;
  subscribe(listener: () => void): () => void;
}

/** Scripts of a page that opens have more urgent things to do. */
const restMs = 1_000;
const firstRetryMs = 4_000;
const retryMsMax = 30_000;
/** After so many failures the server probably has another build, without this part. */
const retriesMax = 6;
const missing = { part: null, hasFailed: false } as const;

const waiting: Late<unknown>[] = [];
let isFetching = false;

/** One after the other, so that an interaction waits for one script at most. */
function fetchWhileIdle(): void {
  if (isFetching) return;
  isFetching = true;
  const next = (): void => {
    const [late] = waiting.splice(0, 1);
    if (!late) isFetching = false;
    else if (late.state.part) next();
    else void late.load().then(() => whenIdle(next));
  };
  const begin = () => setTimeout(() => whenIdle(next), restMs);
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, { once: true });
}

/** Safari has no `requestIdleCallback`. */
function whenIdle(run: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run);
  else setTimeout(run, 100);
}

/**
 * A part that comes after the page: fetched while the browser is idle, since the server may be gone by the time it
 * is needed, and at once when it is asked for before that.
 */
export function late<T>(fetchPart: () => Promise<T>): Late<T> {
  const listeners = new Set<() => void>();
  let state: LateState<T> = missing;
  let loading: Promise<T | null> | null = null;

  function enter(next: LateState<T>): void {
    loading = null;
    state = next;
    for (const listener of [...listeners]) listener();
  }

  const one: Late<T> = {
    get state() {
      return state;
    },
    load() {
      if (state.part) return Promise.resolve(state.part);
      loading ??= fetchPart().then(
        (part) => {
          enter({ part, hasFailed: false });
          return part;
        },
        () => {
          enter({ part: null, hasFailed: true });
          return null;
        },
      );
      return loading;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  if (typeof window !== 'undefined') {
    waiting.push(one);
    fetchWhileIdle();
  }
  return one;
}

/** A late part and whether it is missing; fetched when it is wanted, and again some times while it fails. */
export function useLate<T>(of: Late<T>, isWanted = true): LateState<T> {
  const state = useSyncExternalStore(
    of.subscribe,
    () => of.state,
    () => missing as LateState<T>,
  );
  useEffect(() => {
    if (!isWanted) return;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const load = async (attempt: number): Promise<void> => {
      const part = await of.load();
      if (part !== null || isOver || attempt >= retriesMax) return;
      const waitMs = Math.min(retryMsMax, firstRetryMs * 2 ** attempt);
      retry = setTimeout(() => load(attempt + 1), waitMs);
    };
    void load(0);
    return () => {
      isOver = true;
      clearTimeout(retry);
    };
  }, [of, isWanted]);
  return state;
}
