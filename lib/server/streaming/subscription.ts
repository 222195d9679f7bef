import { isSampleType } from '@/lib/protocol/event-types';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { ByteBudget } from './byte-budget';
import { type Chunk, chunkOf } from './chunk';
import type { Page, Pages } from './event-pages';
import type { FeedRequest } from './feed-query';

/** Consecutive events as bytes: those that match after one position, and the position after them. */
export interface Batch {
  /** `null` when no event matched. */
  readonly chunk: Chunk | null;
  readonly toSeq: number;
  /** The seq of the first event that was read; shows a gap before it. `toSeq + 1` if there is only a gap. */
  readonly firstSeq: number;
}

const durableEventsMax = 512;
const batchBytesMax = 64 * 1024;
/** Of one subscription: the head, and many clients that resume at the same time. */
const cachedBatchesMax = 64;

/** A filter on the log, shared by all its clients: events and batches of events are encoded once for all. */
export interface Subscription {
  readonly key: string;
  readonly isFiltered: boolean;
  /** Whether it matches any type of sample. */
  readonly hasSamples: boolean;
  matches(type: string): boolean;
  /** The batch after `afterSeq` if it is cached: it costs no read and no encoding. */
  cachedAfter(afterSeq: number): Batch | null;
  /** The batch after `afterSeq`, which is before the head; a promise if it must be read from disk. Always moves on. */
  batchAfter(afterSeq: number): Batch | Promise<Batch>;
  /** The same without samples; the last batch ends at `toSeq`. */
  durableAfter(afterSeq: number, toSeq: number): Batch | Promise<Batch>;
  /** The log has grown: the batch that ended at its head is longer now. */
  forgetHead(): void;
  /** Drops all cached batches. */
  clear(): void;
}

export interface SubscriptionOptions {
  readonly log: EventLog;
  readonly request: FeedRequest;
  /** Shared by all subscriptions. */
  readonly pages: Pages;
  readonly encode: (event: LoggedEvent) => Uint8Array;
  /** The bound on the cached batches of all subscriptions. */
  readonly budget: ByteBudget;
}

export function subscriptionKey({ types, hosts }: FeedRequest): string {
  const part = (set: ReadonlySet<string> | null) => (set ? [...set].sort().join(',') : '*');
  return `${part(types)}|${part(hosts)}`;
}

interface CachedBatch {
  readonly batch: Batch;
  readonly release: () => void;
}

export function openSubscription({ log, request, pages, encode, budget }: SubscriptionOptions): Subscription {
  const { types, hosts } = request;
  const cached = new Map<number, CachedBatch>();
  let headAfterSeq: number | null = null;
  let logId = log.id;

  const isMatch = (event: LoggedEvent) =>
    (!types || types.has(event.type)) && (!hosts || hosts.has(event.host));

  function pack(page: Page, afterSeq: number, { mayJump }: { readonly mayJump: boolean }): Batch {
    const parts: Uint8Array[] = [];
    let size = 0;
    let toSeq = afterSeq;
    for (let index = page.first; index < page.events.length; index += 1) {
      const event = page.events[index] as LoggedEvent;
      const bytes = isMatch(event) ? page.encoded(index) : null;
      if (bytes && size > 0 && size + bytes.length > batchBytesMax) break;
      // A gap ends the batch, so that it is announced where it is.
      if (!mayJump && toSeq !== afterSeq && event.seq !== toSeq + 1) break;
      toSeq = event.seq;
      if (!bytes) continue;
      parts.push(bytes);
      size += bytes.length;
    }
    const firstSeq = page.events[page.first]?.seq ?? afterSeq + 1;
    return { chunk: parts.length > 0 ? chunkOf(joined(parts, size)) : null, toSeq, firstSeq };
  }

  /** `headSeq` is from before the log was read. */
  function batchOf(page: Page, afterSeq: number, headSeq: number): Batch {
    // All ids up to the head are without events, after a crash or a disk failure.
    if (page.first >= page.events.length) return { chunk: null, toSeq: headSeq, firstSeq: headSeq + 1 };
    const batch = pack(page, afterSeq, { mayJump: false });
    // Events in a gap may become readable again later, and new events may be inserted there.
    return batch.firstSeq === afterSeq + 1 ? cache(afterSeq, batch) : batch;
  }

  function cache(afterSeq: number, batch: Batch): Batch {
    if (batch.toSeq >= log.headSeq) headAfterSeq = afterSeq;
    evict(afterSeq);
    const release = budget.add(batch.chunk?.bytes.length ?? 0, () => cached.delete(afterSeq));
    cached.set(afterSeq, { batch, release });
    const [oldest] = cached.keys();
    if (cached.size > cachedBatchesMax && oldest !== undefined) evict(oldest);
    return batch;
  }

  function evict(afterSeq: number): void {
    cached.get(afterSeq)?.release();
    cached.delete(afterSeq);
  }

  function clear(): void {
    for (const { release } of cached.values()) release();
    cached.clear();
    headAfterSeq = null;
    logId = log.id;
  }

  /** The bytes contain the log's id. */
  function cachedAfter(afterSeq: number): Batch | null {
    if (logId !== log.id) clear();
    return cached.get(afterSeq)?.batch ?? null;
  }

  return {
    key: subscriptionKey(request),
    isFiltered: types !== null || hosts !== null,
    hasSamples: !types || [...types].some(isSampleType),
    matches: (type) => !types || types.has(type),
    cachedAfter,
    forgetHead() {
      if (headAfterSeq !== null) evict(headAfterSeq);
      headAfterSeq = null;
    },
    clear,
    batchAfter(afterSeq) {
      const known = cachedAfter(afterSeq);
      if (known) return known;
      const { headSeq } = log;
      const page = pages.after(afterSeq);
      return page instanceof Promise
        ? page.then((late) => batchOf(late, afterSeq, headSeq))
        : batchOf(page, afterSeq, headSeq);
    },
    durableAfter(afterSeq, toSeq) {
      const finish = (events: readonly LoggedEvent[]): Batch => {
        const page = { events, first: 0, encoded: (index: number) => encode(events[index] as LoggedEvent) };
        const batch = pack(page, afterSeq, { mayJump: true });
        const isLast = events.length < durableEventsMax && batch.toSeq === (events.at(-1)?.seq ?? afterSeq);
        return { ...batch, firstSeq: afterSeq + 1, toSeq: isLast ? toSeq : batch.toSeq };
      };
      const events = log.readDurable(afterSeq, toSeq, durableEventsMax);
      return events instanceof Promise ? events.then(finish) : finish(events);
    },
  };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
