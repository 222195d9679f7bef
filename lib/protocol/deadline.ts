/** A signal with a time limit, and a function that clears its timer once the work has ended. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Stops the timer and the listeners. Call it in `finally`. */
  clear(): void;
}

/**
 * A signal that aborts after `ms`, or as soon as one of `others` does; with the reason of that one, or a `TimeoutError`.
 * Use it in place of `AbortSignal.timeout` and `AbortSignal.any`: nothing but a weak reference holds what those return, so
 * that Node 20 may collect it before it aborts (nodejs/node#54614), and the wait never ends.
 */
export function deadlineAfter(ms: number, ...others: readonly AbortSignal[]): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time limit has passed', 'TimeoutError')),
    ms,
  );
  const listeners = others.map((other) => ({ other, abort: () => end(other.reason) }));

  function clear(): void {
    clearTimeout(timer);
    for (const { other, abort } of listeners) other.removeEventListener('abort', abort);
  }

  function end(reason: unknown): void {
    clear();
    controller.abort(reason);
  }

  for (const { other, abort } of listeners) {
    if (other.aborted) {
      end(other.reason);
      break;
    }
    other.addEventListener('abort', abort, { once: true });
  }
  return { signal: controller.signal, clear };
}

/**
 * Waits until `promise` has settled, `ms` have passed or one of `others` aborts, and leaves no timer behind. Resolves to
 * whether the promise was first; rejects as it does, when it is.
 */
export async function settledWithin(
  promise: Promise<unknown>,
  ms: number,
  ...others: readonly AbortSignal[]
): Promise<boolean> {
  const { signal, clear } = deadlineAfter(ms, ...others);
  try {
    const ended = new Promise<false>((resolve) => {
      if (signal.aborted) resolve(false);
      signal.addEventListener('abort', () => resolve(false), { once: true });
    });
    return await Promise.race([promise.then(() => true), ended]);
  } finally {
    clear();
  }
}
