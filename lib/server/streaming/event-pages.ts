import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { type ByteBudget, openByteBudget } from './byte-budget';
import { encodeLoggedEvent } from './event-encoder';

/** Consecutive events of the log as they were read, for subscriptions to filter. */
export interface Page {
  readonly events: readonly LoggedEvent[];
  /** The index of the first event that was asked for. */
  readonly first: number;
  /** The bytes of the event at `index`. */
  encoded(index: number): Uint8Array;
}

/**
 * Old events that several streams read at once: a page is read, decoded and encoded once for all subscriptions. Streams
 * that began at different positions meet at the ends of pages.
 */
export interface Pages {
  /** The events after `afterSeq`, from a cached page or from the log. */
  after(afterSeq: number): Page | Promise<Page>;
  /** Drops the pages that were not used since the last call. */
  sweep(): void;
  /** Drops all pages. */
  clear(): void;
}

interface CachedPage {
  /** The log's id, which is in the bytes. */
  readonly logId: string;
  readonly afterSeq: number;
  readonly toSeq: number;
  readonly events: readonly LoggedEvent[];
  readonly bytes: (Uint8Array | undefined)[];
  readonly release: () => void;
  isUsed: boolean;
}

/** Events of a page. */
export const pageEvents = 256;
const defaultMaxBytes = 16 * 1024 * 1024;
/** A payload is kept as text and as bytes. */
const bytesPerCharacter = 2;

export interface PagesOptions {
  readonly log: EventLog;
  /** An event's bytes where no page is cached: near the head. */
  readonly encode: (event: LoggedEvent) => Uint8Array;
  /** The bound on all cached pages. Default 16 MiB. */
  readonly maxBytes?: number;
}

export function openPages({ log, encode, maxBytes = defaultMaxBytes }: PagesOptions): Pages {
  const cached = new Set<CachedPage>();
  const budget: ByteBudget = openByteBudget(maxBytes);

  function store(afterSeq: number, events: readonly LoggedEvent[]): CachedPage {
    const size = events.reduce((sum, { json }) => sum + json.length * bytesPerCharacter, 0);
    const page: CachedPage = {
      logId: log.id,
      afterSeq,
      toSeq: afterSeq + events.length,
      events,
      bytes: new Array(events.length),
      release: budget.add(size, () => cached.delete(page)),
      isUsed: true,
    };
    cached.add(page);
    return page;
  }

  function pageOf(page: CachedPage, from: number): Page {
    const { logId, afterSeq, events, bytes } = page;
    page.isUsed = true;
    return {
      events,
      first: from - afterSeq,
      encoded(index) {
        const known = bytes[index];
        if (known) return known;
        const made = encodeLoggedEvent(logId, events[index] as LoggedEvent);
        bytes[index] = made;
        return made;
      },
    };
  }

  function drop(page: CachedPage): void {
    page.release();
    cached.delete(page);
  }

  function read(events: readonly LoggedEvent[], afterSeq: number): Page {
    const isWhole = events.length === pageEvents && events.at(-1)?.seq === afterSeq + pageEvents;
    // Only a full page without a gap never changes. Any other is read again, since it may grow or be repaired.
    if (isWhole) return pageOf(store(afterSeq, events), afterSeq);
    return { events, first: 0, encoded: (index) => encode(events[index] as LoggedEvent) };
  }

  return {
    after(afterSeq) {
      for (const page of cached) {
        if (page.logId !== log.id) drop(page);
        else if (page.afterSeq <= afterSeq && afterSeq < page.toSeq) return pageOf(page, afterSeq);
      }
      const events = log.read(afterSeq, pageEvents);
      return events instanceof Promise ? events.then((late) => read(late, afterSeq)) : read(events, afterSeq);
    },
    sweep() {
      for (const page of cached) {
        if (!page.isUsed) drop(page);
        page.isUsed = false;
      }
    },
    clear() {
      for (const page of cached) drop(page);
    },
  };
}
