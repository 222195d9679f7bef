import type { Chunk } from './chunk';

/**
 * One client's position in a stream, as sinks see it. It holds no queue: a sink takes a chunk when its client's socket
 * has room, so a slow client costs no memory.
 */
export interface Cursor {
  /** The next chunk, or `null` when there is none now (or none any more, once `ended`). */
  take(): Chunk | null;
  /** True when the last chunk was taken and the sink must close. */
  readonly ended: boolean;
  /** True when it ended before its client had everything: the sink must break the connection. */
  readonly aborted: boolean;
  /**
   * Called when `take` is worth another try, and when the cursor is aborted. One listener; `null` removes it.
   * With `send`, chunks that all clients get are pushed, until `send` returns false because the socket is full.
   */
  onReady(listener: (() => void) | null, send?: (chunk: Chunk) => boolean): void;
  /** The client is gone. Safe to call twice. */
  close(): void;
}
