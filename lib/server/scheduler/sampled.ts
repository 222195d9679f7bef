import type { LoggedType } from '@/lib/protocol/event-types';

/** What the sampler asks of a reading. `null`: nothing to tell this time. */
export interface ScheduledCollector {
  readonly type: LoggedType;
  /** Its own period in ms, where it is not read at every tick. */
  readonly everyMs?: number;
  /** Read only while somebody wants its events. */
  readonly onDemand?: boolean;
  collect(signal: AbortSignal): Promise<object | null>;
  /** Why it tells less than there is; `null` when it does not. */
  note?(): string | null;
}

/** What the sampler asks of a watch: what happened since it looked last, oldest first. */
export interface ScheduledEventSource {
  readonly name: string;
  readonly everyMs: number;
  poll(signal: AbortSignal): Promise<readonly ScheduledEvent[]>;
}

export interface ScheduledEvent {
  readonly type: LoggedType;
  readonly payload: object;
}
