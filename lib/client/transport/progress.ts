import { type Frame, isWithin, liveSpanSeconds, localGap } from './frame';
import type { FeedPosition } from './shared-feed-messages';

/** How far one page has got, whichever way its events come: from one way to another nothing comes twice. */
export interface Progress {
  /** Hands the frame on unless the page has had it. */
  take(frame: Frame): void;
  /** Before events come again after a pause; one that is longer than what can be had again is a hole. */
  resume(): void;
  /** The newest position; empty before the first. */
  readonly lastEventId: string;
  feed: FeedPosition | null;
  /** The types that this position is true of. */
  types: readonly string[];
}

export function createProgress(onFrame: (frame: Frame) => void): Progress {
  const newest = new Map<string, string>();
  let lastEventId = '';
  let heardAt = 0;

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
      heardAt = Date.now();
      const [type, , id] = frame;
      // A heartbeat repeats the position of the event before it.
      if (id && type !== 'heartbeat' && !isNew(type, id)) return;
      if (id && !isWithin(id, lastEventId)) lastEventId = id;
      onFrame(frame);
    },
    resume() {
      if (lastEventId && Date.now() - heardAt > liveSpanSeconds * 1000) onFrame(localGap);
    },
  };
}
