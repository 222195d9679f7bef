/** An event before it is appended to the log. `t` is Unix ms on the watched host's clock. */
export interface NewEvent {
  /** One of the logged types, or a custom type. */
  readonly type: string;
  readonly host: string;
  readonly t: number;
  /** The payload, serialised once. One line of JSON, `t` and `host` included. */
  readonly json: string;
  /** The address that published it. Missing for Hostbeat's own events. */
  readonly publisher?: string;
}

/** An event in the log. `seq` rises by exactly 1 per event, over all types. */
export interface LoggedEvent extends NewEvent {
  readonly seq: number;
}

/**
 * When an event becomes visible. `batched`: at once, and on disk within 10 s. `durable`: once it is on disk, or
 * never. `durable-if-possible`: once it is on disk or that has failed, since alerts about a broken disk must get out.
 */
export type Durability = 'batched' | 'durable' | 'durable-if-possible';

/** A publisher's name for a request, so that it may be sent again, and a digest of its content. */
export interface RequestKey {
  readonly name: string;
  readonly fingerprint: string;
}

/** The events that were appended with a key. */
export interface Receipt {
  readonly fingerprint: string;
  readonly firstSeq: number;
  readonly count: number;
}

/** A query for durable events by their own time. */
export interface DurableByTime {
  /** The event before: the next ones have a greater `t`, or the same `t` and a greater `seq`. */
  readonly after: { readonly t: number; readonly seq: number };
  /** Unix ms, exclusive. */
  readonly toT: number;
  /** Seqs, the second exclusive. */
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly limit: number;
}

/** The size of a database on disk, and its bound: bytes. */
export interface DiskUse {
  readonly bytes: number;
  readonly maxBytes: number;
}

/** A durable append that failed: nothing of it is in the log, now or later. */
export class LogUnavailableError extends Error {
  readonly code = 'log-unavailable';
}

/** By its code: each of Next's bundles has a class of its own. */
export function isLogUnavailable(error: unknown): error is LogUnavailableError {
  return error instanceof Error && 'code' in error && error.code === 'log-unavailable';
}

/**
 * The one ordered log. Everything downstream is a cursor over it: a sequence number and nothing more.
 * `append` is asynchronous since a durable or remote log acknowledges later; an event is visible to
 * cursors only through `read`, in the log's order.
 */
export interface EventLog {
  /** Names this log in event ids, so that ids of another log are recognised. */
  readonly id: string;
  /**
   * The id under which this run began while that of the stored log was not known; `null` otherwise. Positions under it
   * are those of this log.
   */
  readonly formerId: string | null;
  /** The stored log cannot be read yet: `id` may change when it can, positions do not. Listeners are called then. */
  readonly isProvisional: boolean;
  /** Another Hostbeat has the data folder. */
  readonly isFolderTaken: boolean;
  /** The newest event's seq; 0 while the log never held one. */
  readonly headSeq: number;
  /** From this seq on every event is kept; `headSeq + 1` while nothing is. Older durable ones may be kept. */
  readonly tailSeq: number;
  /** Custom event types that the log holds. */
  readonly customTypes: ReadonlySet<string>;
  /** How many more types there is room for, of one publisher. */
  roomForTypes(publisher: string): number;
  /** Why events cannot be stored, in words; `null` when they can. */
  readonly problem: string | null;
  /** Stored events that cannot be read, a line each. They are left out like lost ones. */
  readonly defects: readonly string[];
  /**
   * `batched` by default. Rejects with `LogUnavailableError` when a `durable` write fails. With a key, which takes
   * `durable`, its receipt is on disk if and only if the events are.
   */
  append(
    events: readonly NewEvent[],
    durability?: Durability,
    key?: RequestKey,
  ): Promise<readonly LoggedEvent[]>;
  /**
   * The receipt of a durable append with this key within the last day; `null` when there was none, and `undefined`
   * while the database cannot be read.
   */
  receipt(keyName: string): Receipt | null | undefined;
  /** At most `limit` kept events after `afterSeq`, oldest first. Synchronous where they are in memory or on the local disk. */
  read(afterSeq: number, limit: number): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** Durable events only, up to and with `toSeq`: no client may miss them. */
  readDurable(
    afterSeq: number,
    toSeq: number,
    limit: number,
  ): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** At most `limit` of those before `beforeSeq` and after `afterSeq`, the newest first. */
  readDurableBefore(
    beforeSeq: number,
    afterSeq: number,
    limit: number,
  ): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** Durable events, by `t` and then by `seq`: a publisher may set any time. */
  readDurableByTime(query: DurableByTime): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** How many durable events there are in `afterSeq + 1` to `toSeq`. */
  countDurable(afterSeq: number, toSeq: number): number;
  /** Whether ids within `afterSeq + 1` to `toSeq` were skipped or lost, so that its events cannot be counted. */
  hasGap(afterSeq: number, toSeq: number): boolean;
  /** The seq just before the oldest kept event that is `t` (Unix ms) or younger; `headSeq` when none is. */
  seqBefore(t: number): number;
  diskUse(): DiskUse;
  /** Calls `listener` after each append; returns a function that ends this. */
  onAppend(listener: () => void): () => void;
  /** Writes the events that are not on disk yet, and closes the database. Nothing is appended any more. */
  close(): Promise<void>;
}
