import {
  type Durability,
  type LoggedEvent,
  LogUnavailableError,
  type NewEvent,
  type RequestKey,
} from './event-log';
import type { KeptReceipt } from './event-store';

/** An append that resolves only once its events are on disk, or cannot be. */
export interface WaitingAppend {
  readonly events: readonly NewEvent[];
  readonly durability: Durability;
  readonly key: RequestKey | undefined;
  resolve(events: readonly LoggedEvent[]): void;
  reject(error: Error): void;
}

/** The part of `logged` that each of a group appended; together they appended all of it, in this order. */
function* partsOf(
  group: readonly WaitingAppend[],
  logged: readonly LoggedEvent[],
): Generator<[append: WaitingAppend, events: readonly LoggedEvent[]]> {
  let from = 0;
  for (const append of group) {
    const to = from + append.events.length;
    yield [append, logged.slice(from, to)];
    from = to;
  }
}

/** The receipts of those that have a key, as of `t` (Unix ms). */
export function receiptsOf(
  group: readonly WaitingAppend[],
  logged: readonly LoggedEvent[],
  t: number,
): KeptReceipt[] {
  return [...partsOf(group, logged)].flatMap(([{ key }, [first, ...others]]) =>
    key && first ? [{ ...key, firstSeq: first.seq, count: 1 + others.length, t }] : [],
  );
}

/** The group is on disk. */
export function resolveAll(group: readonly WaitingAppend[], logged: readonly LoggedEvent[]): void {
  for (const [{ resolve }, events] of partsOf(group, logged)) resolve(events);
}

/** The group cannot be written: rejects what must be durable and returns the others, whose events go into memory. */
export function rejectDurable(group: readonly WaitingAppend[], problem: string | null): WaitingAppend[] {
  return group.filter(({ durability, reject }) => {
    if (durability === 'durable') reject(new LogUnavailableError(problem ?? 'the log cannot be written'));
    return durability !== 'durable';
  });
}
