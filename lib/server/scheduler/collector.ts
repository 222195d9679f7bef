import type { LoggedType } from '@/lib/protocol/event-types';

/** What the sampler needs of a collector. */
export interface ScheduledCollector {
  readonly type: LoggedType;
  /** Its own period in ms, if it is not read at every tick. */
  readonly everyMs?: number;
  /** Read only while an open stream or a rule wants its events. */
  readonly onDemand?: boolean;
  /** A payload, or `null` when there is none this time. */
  collect(signal: AbortSignal): Promise<object | null>;
  /** Why part of its data is missing; `null` when nothing is. */
  note?(): string | null;
}

/** What the sampler needs of an event source: the events since the last poll, oldest first. */
export interface ScheduledEventSource {
  readonly name: string;
  readonly everyMs: number;
  poll(signal: AbortSignal): Promise<readonly ScheduledEvent[]>;
}

export interface ScheduledEvent {
  readonly type: LoggedType;
  readonly payload: object;
}
