import type { DurableEventPayloads, DurableEventType } from './event-types';

/** An event of the log as the server lists it. Types that users invent have any fields. */
export interface LogEvent {
  readonly id: string;
  readonly type: string;
  readonly host: string;
  /** Unix ms. */
  readonly t: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LogPage {
  /** The newest first. */
  readonly items: readonly LogEvent[];
  /** The id before which the next page begins; `null` when all was searched. */
  readonly before: string | null;
  /** The newest position that was searched. */
  readonly head: string;
}

/** Whether an event is of one of Hostbeat's own types: the log takes those only with a valid payload. */
export function isOfType<E extends Pick<LogEvent, 'type'>, T extends DurableEventType>(
  event: E,
  type: T,
): event is E & { readonly type: T; readonly data: DurableEventPayloads[T] } {
  return event.type === type;
}

/** The `source` of messages that are notes on the time axis. */
export const noteSource = 'note';
