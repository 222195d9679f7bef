import type { Cursor } from './cursor';

/**
 * A cursor as a web stream. Chunks are taken only when the reader pulls, so at most one is buffered. Clean-up relies on
 * `cancel`: a request's signal may never fire after garbage collection.
 */
export function webStreamOf(cursor: Cursor): ReadableStream<Uint8Array> {
  let pulled: (() => void) | null = null;

  function settle(): void {
    if (cursor.ended) cursor.onReady(null);
    pulled?.();
    pulled = null;
  }

  return new ReadableStream<Uint8Array>({
    start(controller) {
      cursor.onReady(() => advance(controller));
    },
    pull(controller) {
      return new Promise<void>((resolve) => {
        pulled = resolve;
        advance(controller);
      });
    },
    cancel() {
      cursor.close();
      settle();
    },
  });

  function advance(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (cursor.aborted) {
      controller.error(new Error('the client does not read'));
      settle();
    }
    if (!pulled) return;
    const chunk = cursor.take();
    if (chunk) controller.enqueue(chunk.bytes);
    if (cursor.ended) controller.close();
    if (chunk || cursor.ended) settle();
  }
}
