import { type Frame, isWithin, liveSpanSeconds, localGap } from './frame';
import type { HubPosition } from './hub-messages';

/** How far one page has got, whichever way its events come: from one way to another nothing comes twice. */
export interface Progress {
  /** Hands the frame on unless the page has had it. */
  take(frame: Frame): void;
  /** Before events come again after a pause; one that is longer than what can be had again is a hole. */
  resume(): void;
  /** The newest position; empty before the first. */
  readonly lastEventId: string;
  hub: HubPosition | null;
  /** The types that this position is true of. */
  types: readonly string[];
}

export function createProgress(onFrame: (frame: Frame) => void): Progress {
  const newest = new Map<string, string>();
  let lastEventId = '';
  let heardAt = 0;

  function isNew([type, , id]: Frame): boolean {
    const before = newest.get(type);
    if (before && id) {
      const within = isWithin(id, before);
      if (within) return false;
      if (within === null) {
        newest.clear();
        lastEventId = '';
        onFrame(localGap);
      }
    }
    if (id) newest.set(type, id);
    if (id && !isWithin(id, lastEventId)) lastEventId = id;
    return true;
  }

  return {
    hub: null,
    types: [],
    get lastEventId() {
      return lastEventId;
    },
    take(frame) {
      // The wall clock: a monotonic one may stand still while the machine sleeps.
      heardAt = Date.now();
      // A heartbeat repeats the position of the event before it.
      if (frame[0] === 'heartbeat' || isNew(frame)) onFrame(frame);
    },
    resume() {
      if (lastEventId && Date.now() - heardAt > liveSpanSeconds * 1000) onFrame(localGap);
    },
  };
}
