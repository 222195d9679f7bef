import { isSampleType } from '@/lib/protocol/event-types';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import type { ByteBudget } from './byte-budget';
import { type Chunk, chunkOf } from './chunk';
import type { FeedRequest } from './feed-query';
import type { Page, Pages } from './pages';

/** A run of the log as bytes: what passed the filter after one position, and the position behind it. */
export interface Batch {
  /** `null` when nothing of the run passed the filter. */
  readonly chunk: Chunk | null;
  readonly toSeq: number;
  /** The seq of the first event that was read; a gap before it shows here. `toSeq + 1` where there is only a gap. */
  readonly firstSeq: number;
}

const maxDurableEvents = 512;
const maxBatchBytes = 64 * 1024;
/** Runs remembered of one selection: the head, and a crowd that resumes. */
const maxRemembered = 64;

/** Everything that clients with the same filter share: an event and a run of events are encoded once for all. */
export interface Selection {
  readonly key: string;
  readonly filtered: boolean;
  /** Whether samples are among what it lets pass. */
  readonly hasSamples: boolean;
  lets(type: string): boolean;
  /** The run after `afterSeq` where it is at hand: it costs no reading and no encoding. */
  remembered(afterSeq: number): Batch | null;
  /** The run after `afterSeq`, which lies before the head; a promise when the log must fetch it. Never stays there. */
  batchAfter(afterSeq: number): Batch | Promise<Batch>;
  /** The same without samples, to `toSeq` and with that as its end once nothing more is left. */
  lastingAfter(afterSeq: number, toSeq: number): Batch | Promise<Batch>;
  /** The log has grown: runs that ended at its head are longer now. */
  forgetHead(): void;
  /** Lets go of all that is remembered. */
  clear(): void;
}

export interface SelectionOptions {
  readonly log: EventLog;
  readonly request: FeedRequest;
  /** What all selections read. */
  readonly pages: Pages;
  readonly encode: (event: LoggedEvent) => Uint8Array;
  /** The bound on what all selections remember. */
  readonly memory: ByteBudget;
}

export function selectionKey({ types, hosts }: FeedRequest): string {
  const part = (set: ReadonlySet<string> | null) => (set ? [...set].sort().join(',') : '*');
  return `${part(types)}|${part(hosts)}`;
}

interface Remembered {
  readonly batch: Batch;
  readonly release: () => void;
}

export function openSelection({ log, request, pages, encode, memory }: SelectionOptions): Selection {
  const { types, hosts } = request;
  const remembered = new Map<number, Remembered>();
  let headAfterSeq: number | null = null;
  let logId = log.id;

  const passes = (event: LoggedEvent) =>
    (!types || types.has(event.type)) && (!hosts || hosts.has(event.host));

  function pack(page: Page, afterSeq: number, { mayJump }: { readonly mayJump: boolean }): Batch {
    const parts: Uint8Array[] = [];
    let size = 0;
    let toSeq = afterSeq;
    for (let index = page.first; index < page.events.length; index += 1) {
      const event = page.events[index] as LoggedEvent;
      const bytes = passes(event) ? page.encoded(index) : null;
      if (bytes && size > 0 && size + bytes.length > maxBatchBytes) break;
      // A gap ends the run, so that it is announced where it is.
      if (!mayJump && toSeq !== afterSeq && event.seq !== toSeq + 1) break;
      toSeq = event.seq;
      if (!bytes) continue;
      parts.push(bytes);
      size += bytes.length;
    }
    const firstSeq = page.events[page.first]?.seq ?? afterSeq + 1;
    return { chunk: parts.length > 0 ? chunkOf(joined(parts, size)) : null, toSeq, firstSeq };
  }

  /** `headSeq` is of the time at which the log was read. */
  function runOf(page: Page, afterSeq: number, headSeq: number): Batch {
    // Ids that a crash or a broken disk left without events, up to the head.
    if (page.first >= page.events.length) return { chunk: null, toSeq: headSeq, firstSeq: headSeq + 1 };
    const batch = pack(page, afterSeq, { mayJump: false });
    // What lies in a gap may be readable again later, and new events may come there.
    return batch.firstSeq === afterSeq + 1 ? remember(afterSeq, batch) : batch;
  }

  function remember(afterSeq: number, batch: Batch): Batch {
    if (batch.toSeq >= log.headSeq) headAfterSeq = afterSeq;
    forget(afterSeq);
    const release = memory.add(batch.chunk?.bytes.length ?? 0, () => remembered.delete(afterSeq));
    remembered.set(afterSeq, { batch, release });
    const [oldest] = remembered.keys();
    if (remembered.size > maxRemembered && oldest !== undefined) forget(oldest);
    return batch;
  }

  function forget(afterSeq: number): void {
    remembered.get(afterSeq)?.release();
    remembered.delete(afterSeq);
  }

  function clear(): void {
    for (const { release } of remembered.values()) release();
    remembered.clear();
    headAfterSeq = null;
    logId = log.id;
  }

  /** The bytes bear the log's id. */
  function atHand(afterSeq: number): Batch | null {
    if (logId !== log.id) clear();
    return remembered.get(afterSeq)?.batch ?? null;
  }

  return {
    key: selectionKey(request),
    filtered: types !== null || hosts !== null,
    hasSamples: !types || [...types].some(isSampleType),
    lets: (type) => !types || types.has(type),
    remembered: atHand,
    forgetHead() {
      if (headAfterSeq !== null) forget(headAfterSeq);
      headAfterSeq = null;
    },
    clear,
    batchAfter(afterSeq) {
      const known = atHand(afterSeq);
      if (known) return known;
      const { headSeq } = log;
      const page = pages.after(afterSeq);
      return page instanceof Promise
        ? page.then((late) => runOf(late, afterSeq, headSeq))
        : runOf(page, afterSeq, headSeq);
    },
    lastingAfter(afterSeq, toSeq) {
      const finish = (events: readonly LoggedEvent[]): Batch => {
        const page = { events, first: 0, encoded: (index: number) => encode(events[index] as LoggedEvent) };
        const batch = pack(page, afterSeq, { mayJump: true });
        const isLast = events.length < maxDurableEvents && batch.toSeq === (events.at(-1)?.seq ?? afterSeq);
        return { ...batch, firstSeq: afterSeq + 1, toSeq: isLast ? toSeq : batch.toSeq };
      };
      const events = log.readLasting(afterSeq, toSeq, maxDurableEvents);
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
