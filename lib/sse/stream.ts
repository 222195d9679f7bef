import type { Cursor } from './cursor';

/**
 * A cursor as a web stream. Bytes are taken only when the reader pulls, so at most one chunk waits here.
 * Clean-up hangs on `cancel`: a request's own signal may stay silent after garbage collection.
 */
export function streamOf(cursor: Cursor): ReadableStream<Uint8Array> {
  let settle: (() => void) | null = null;

  function done(): void {
    cursor.onReady(null);
    settle?.();
    settle = null;
  }

  return new ReadableStream<Uint8Array>({
    pull(controller) {
      return new Promise<void>((resolve) => {
        settle = resolve;
        const attempt = () => {
          const bytes = cursor.take();
          if (bytes) controller.enqueue(bytes);
          if (cursor.ended) controller.close();
          if (bytes || cursor.ended) done();
        };
        cursor.onReady(attempt);
        attempt();
      });
    },
    cancel() {
      cursor.close();
      done();
    },
  });
}
