import { type Frame, isWithin, liveSpanSeconds, localGap } from './frame';
import type { FeedPosition } from './shared-feed-messages';

/** The position of one page, whichever transport brings its events: a change of transport doubles none. */
export interface Progress {
  /** Passes the frame on unless the page has received it. */
  take(frame: Frame): void;
  /** Called before events continue after a pause; a pause longer than the live span is announced as a gap. */
  resume(): void;
  /** The newest position; empty before the first. */
  readonly lastEventId: string;
  feed: FeedPosition | null;
  /** The types that this position applies to. */
  types: readonly string[];
}

export function createProgress(onFrame: (frame: Frame) => void): Progress {
  const newest = new Map<string, string>();
  let lastEventId = '';
  let receivedAt = 0;

  function isNew(type: string, id: string): boolean {
    const before = newest.get(type);
    const within = before ? isWithin(id, before) : false;
    if (within) return false;
    if (within === null) {
      newest.clear();
      lastEventId = '';
      onFrame(localGap);
    }
    newest.set(type, id);
    return true;
  }

  return {
    feed: null,
    types: [],
    get lastEventId() {
      return lastEventId;
    },
    take(frame) {
      // The wall clock: a monotonic one may stand still while the machine sleeps.
      receivedAt = Date.now();
      const [type, , id] = frame;
      // A heartbeat repeats the position of the event before it.
      if (id && type !== 'heartbeat' && !isNew(type, id)) return;
      if (id && !isWithin(id, lastEventId)) lastEventId = id;
      onFrame(frame);
    },
    resume() {
      if (lastEventId && Date.now() - receivedAt > liveSpanSeconds * 1000) onFrame(localGap);
    },
  };
}
