import { Connection } from './connection';
import type { Link, LinkOptions } from './link';

/** A connection that only this page uses. */
export function openDirectLink({ types, progress, fetchRecent, onState }: LinkOptions): Link {
  const isContinued = types.every((type) => progress.types.includes(type));
  progress.resume();
  progress.types = types;
  const connection = new Connection({
    types,
    lastEventId: isContinued ? progress.lastEventId : '',
    fetchRecent,
    onFrame: progress.take,
    onState,
  });
  return {
    wake: () => connection.wake(),
    close: () => connection.close(),
    // The browser itself slows down hidden pages and draws nothing of them.
    away() {},
  };
}
