import { openConnection } from './connection';
import type { Link, LinkOptions } from './link';

/** A connection of the page's own. */
export function openDirectLink({ types, progress, fetchRecent, onState }: LinkOptions): Link {
  const goesOn = types.every((type) => progress.types.includes(type));
  progress.resume();
  progress.types = types;
  const { wake, close } = openConnection({
    types,
    lastEventId: goesOn ? progress.lastEventId : '',
    fetchRecent,
    onFrame: progress.take,
    onState,
  });
  // The browser itself slows down what is hidden, and draws nothing of it.
  return { wake, close, away() {} };
}
