/** An event on its way into the log. `t` is Unix ms on the watched host's clock. */
export interface NewEvent {
  /** One of the logged types, or one that a user invented. */
  readonly type: string;
  readonly host: string;
  readonly t: number;
  /** The payload, serialised once. One line of JSON, `t` and `host` included. */
  readonly json: string;
  /** Where it was published: an address. Missing for what Hostbeat itself has seen. */
  readonly publisher?: string;
}

/** An event in the log. `seq` rises by exactly 1 per event, over all types. */
export interface LoggedEvent extends NewEvent {
  readonly seq: number;
}

/**
 * When an event may be seen. `batched`: at once, and on disk within 10 s. `durable`: once it is on disk, or
 * never. `durable-if-possible`: once it is on disk or that has failed, since news of a broken disk must get out.
 */
export type Durability = 'batched' | 'durable' | 'durable-if-possible';

/** The name that a publisher gave to a request, so that it may be sent again; and a digest of what was in it. */
export interface RequestKey {
  readonly name: string;
  readonly fingerprint: string;
}

/** What was appended under a key. */
export interface Receipt {
  readonly fingerprint: string;
  readonly firstSeq: number;
  readonly count: number;
}

/** Which events that last are asked for, by when they say they happened. */
export interface DurableByTime {
  /** The one before: later ones have a greater `t`, or the same `t` and a greater `seq`. */
  readonly after: { readonly t: number; readonly seq: number };
  /** Unix ms, exclusive. */
  readonly toT: number;
  /** Seqs, the second exclusive. */
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly limit: number;
}

/** What a database takes on disk, and how much it may take: bytes. */
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
  /** Names this log in event ids, so that an id of another log is told apart. */
  readonly id: string;
  /**
   * The id under which this run began while that of the stored log was not known; `null` if it was. Positions under
   * it are those of this log.
   */
  readonly formerId: string | null;
  /** The stored log cannot be read so far: `id` may change when it can, positions do not. Listeners are called then. */
  readonly isProvisional: boolean;
  /** Another Hostbeat has the data folder. */
  readonly isFolderTaken: boolean;
  /** The newest event's seq; 0 while the log never held one. */
  readonly headSeq: number;
  /** From this seq on every event is kept; `headSeq + 1` while nothing is. Older ones that last may survive. */
  readonly tailSeq: number;
  /** Event types that users invented and that the log holds. */
  readonly customTypes: ReadonlySet<string>;
  /** How many more types there is room for, of one publisher. */
  roomForTypes(publisher: string): number;
  /** What is wrong with keeping events, in words; `null` when nothing is. */
  readonly problem: string | null;
  /** What of the stored events cannot be read, a line each. They are left out as if they had been lost. */
  readonly defects: readonly string[];
  /**
   * `batched` by default. Rejects with `LogUnavailableError` when `durable` cannot be had. With a key, which takes
   * `durable`, its receipt is on disk if and only if the events are.
   */
  append(
    events: readonly NewEvent[],
    durability?: Durability,
    key?: RequestKey,
  ): Promise<readonly LoggedEvent[]>;
  /**
   * What a durable append with this key has put here, within the last day; `null` when nothing is known of it, and
   * `undefined` while nobody can tell.
   */
  receipt(keyName: string): Receipt | null | undefined;
  /** At most `limit` kept events after `afterSeq`, oldest first. At once where they are near. */
  read(afterSeq: number, limit: number): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** The same without samples, up to and with `toSeq`: what no client may miss. */
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
  /** Events that last, by `t` and then by `seq`: a publisher may put any time there. */
  readDurableByTime(query: DurableByTime): readonly LoggedEvent[] | Promise<readonly LoggedEvent[]>;
  /** How many events of `afterSeq + 1` to `toSeq` are not samples. */
  countDurable(afterSeq: number, toSeq: number): number;
  /** Whether ids within `afterSeq + 1` to `toSeq` were skipped or lost, so that nobody can count its events. */
  hasGap(afterSeq: number, toSeq: number): boolean;
  /** The seq just before the oldest kept event that is `t` (Unix ms) or younger; `headSeq` when none is. */
  seqBefore(t: number): number;
  /** What it takes on disk. */
  diskUse(): DiskUse;
  /** Calls `listener` after each append; returns the way to stop that. */
  onAppend(listener: () => void): () => void;
  /** Writes what is not on disk yet and lets go of it. Appending has ended before. */
  close(): Promise<void>;
}
