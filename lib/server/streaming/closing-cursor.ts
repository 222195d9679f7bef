import { chunkOfText } from './chunk';
import type { Cursor } from './cursor';
import { encodeHeartbeat } from './encode';

export interface ClosingCursorOptions {
  readonly retryMs: number;
  /** Unix ms. */
  readonly serverTime: number;
  readonly onClose: () => void;
}

/**
 * A connection that arrives during shutdown gets only a retry delay, and keeps its position. An EventSource would not
 * come back after an error status.
 */
export function openClosingCursor({ retryMs, serverTime, onClose }: ClosingCursorOptions): Cursor {
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    aborted: false,
    onReady() {},
    take() {
      if (ended) return null;
      ended = true;
      onClose();
      return chunkOfText(encodeHeartbeat({ serverTime, retry: retryMs }));
    },
    close() {
      if (!ended) onClose();
      ended = true;
    },
  };
}
