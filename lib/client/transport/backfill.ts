import { heartbeatMs } from '@/lib/protocol/limits';
import { Connection } from './connection';
import { type Frame, isWithin } from './frame';
import type { FetchRecent } from './recent-events';

export interface BackfillOptions {
  readonly types: readonly string[];
  /** The shared stream goes on after this; events up to here are fetched. */
  readonly position: string;
  readonly fetchRecent?: FetchRecent | undefined;
  readonly onFrame: (type: string, frame: Frame) => void;
  readonly onDone: () => void;
}

export interface Backfill {
  readonly types: ReadonlySet<string>;
  /** Keeps the frames of the shared stream until the backfill is complete. */
  hold(frame: Frame): void;
  close(): void;
}

/** Two heartbeats: a connection that has not got there by then never will, and new events must not wait. */
const timeoutMs = 2 * heartbeatMs;

/**
 * The last minutes of some types, up to a position. What the shared stream brings after it comes on this
 * connection too, so the end is known no later than anything that waits for it.
 */
export function openBackfill({ types, position, fetchRecent, onFrame, onDone }: BackfillOptions): Backfill {
  const held: Frame[] = [];

  function receive(frame: Frame): void {
    const [type, , id] = frame;
    if (type === 'gap' || type === 'reset') for (const each of types) onFrame(each, frame);
    if (!id) return;
    // The positions of another log cannot be joined.
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
  const connection = new Connection({ types, fetchRecent, onFrame: receive, onState() {} });
  return { types: new Set(types), hold: (frame) => held.push(frame), close };
}
