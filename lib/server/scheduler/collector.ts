import type { LoggedType } from '@/lib/protocol/event-types';

/** What the sampler needs of a collector. */
export interface ScheduledCollector {
  readonly type: LoggedType;
  /** Its own interval in ms; without one it is collected in every collection cycle. */
  readonly everyMs?: number;
  /** Collected only while a client subscribes to its events or a rule needs them. */
  readonly onDemand?: boolean;
  /** One sample, or `null` while there is none. */
  collect(signal: AbortSignal): Promise<object | null>;
  /** Why the sample is incomplete; `null` when it is complete. */
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
