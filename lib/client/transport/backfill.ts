import { Connection } from './connection';
import { type Frame, isWithin } from './frame';
import type { FetchRecent } from './recent-events';

export interface BackfillOptions {
  readonly types: readonly string[];
  /** The shared stream goes on after this; up to here, the past is fetched. */
  readonly position: string;
  readonly fetchRecent?: FetchRecent | undefined;
  readonly onFrame: (type: string, frame: Frame) => void;
  readonly onDone: () => void;
}

export interface Backfill {
  readonly types: ReadonlySet<string>;
  /** Keeps what the shared stream brings meanwhile until the past is complete. */
  hold(frame: Frame): void;
  close(): void;
}

/** Two heartbeats: a connection that has not got there by then never will, and the present must not wait. */
const timeoutMs = 20_000;

/**
 * The last minutes of some types, up to a position. What the shared stream brings after it comes on this
 * connection too, so the end is known no later than anything that waits for it.
 */
export function openBackfill({ types, position, fetchRecent, onFrame, onDone }: BackfillOptions): Backfill {
  const held: Frame[] = [];

  function hear(frame: Frame): void {
    const [type, , id] = frame;
    if (type === 'gap' || type === 'reset') for (const each of types) onFrame(each, frame);
    if (!id) return;
    // Of another log there is nothing to join.
    if (type !== 'heartbeat' && isWithin(id, position)) onFrame(type, frame);
    if (isWithin(position, id) !== false) finish();
  }

  function close(): void {
    clearTimeout(late);
    connection.close();
  }

  function finish(): void {
    close();
    for (const frame of held) onFrame(frame[0], frame);
    onDone();
  }

  const late = setTimeout(finish, timeoutMs);
  const connection = new Connection({ types, fetchRecent, onFrame: hear, onState() {} });
  return { types: new Set(types), hold: (frame) => held.push(frame), close };
}
