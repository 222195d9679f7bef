/** An event on its way into the log. `t` is Unix ms on the watched host's clock. */
export interface NewEvent {
  /** One of the logged types, or one that a user invented. */
  readonly type: string;
  readonly host: string;
  readonly t: number;
  /** The payload, serialised once. One line of JSON, `t` and `host` included. */
  readonly json: string;
}

/** An event in the log. `seq` rises by exactly 1 per event, over all types. */
export interface LoggedEvent extends NewEvent {
  readonly seq: number;
}

/**
 * The one ordered log. Everything downstream is a cursor over it: a sequence number and nothing more.
 * `append` is asynchronous since a durable or remote log acknowledges later; an event is visible to
 * cursors only through `read`, in the log's order.
 */
export interface EventLog {
  /** Names this log in event ids, so that an id of another log is told apart. */
  readonly id: string;
  /** The newest event's seq; 0 while the log never held one. */
  readonly headSeq: number;
  /** From this seq on every event is kept; `headSeq + 1` while nothing is. Older ones may survive singly. */
  readonly tailSeq: number;
  append(events: readonly NewEvent[]): Promise<readonly LoggedEvent[]>;
  /** At most `limit` kept events after `afterSeq`, oldest first. At once where they are in memory. */
  read(afterSeq: number, limit: number): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** The seq just before the oldest kept event that is `t` (Unix ms) or younger; `headSeq` when none is. */
  seqBefore(t: number): number;
  /** Calls `listener` after each append; returns the way to stop that. */
  onAppend(listener: () => void): () => void;
}
