import type { EventLog, LoggedEvent } from '@/lib/events/event-log';
import { isSampleType } from '@/lib/events/event-types';
import { type Chunk, chunkOf } from './chunk';
import type { FeedRequest } from './feed-query';

/** A run of the log as bytes: what passed the filter after one position, and the position behind it. */
export interface Batch {
  /** `null` when nothing of the run passed the filter. */
  readonly chunk: Chunk | null;
  readonly toSeq: number;
  /** The seq of the first event that was read; a hole before it shows here. */
  readonly firstSeq: number;
}

const maxBatchEvents = 512;
const maxBatchBytes = 64 * 1024;
/** Runs remembered: the head, and a crowd that resumes. */
const maxRemembered = 64;

/** Everything that clients with the same filter share: an event and a run of events are encoded once for all. */
export interface Selection {
  readonly key: string;
  readonly filtered: boolean;
  /** Whether samples are among what it lets pass. */
  readonly hasSamples: boolean;
  lets(type: string): boolean;
  /** The run after `afterSeq`; a promise when the log must fetch it. Empty runs have `toSeq === afterSeq`. */
  batchAfter(afterSeq: number): Batch | Promise<Batch>;
  /** The same without samples, to `toSeq` and with that as its end once nothing more is left. */
  lastingAfter(afterSeq: number, toSeq: number): Batch | Promise<Batch>;
  /** The log has grown: runs that ended at its head are longer now. */
  forgetHead(): void;
}

export function selectionKey({ types, hosts }: FeedRequest): string {
  const part = (set: ReadonlySet<string> | null) => (set ? [...set].sort().join(',') : '*');
  return `${part(types)}|${part(hosts)}`;
}

export function openSelection(
  log: EventLog,
  request: FeedRequest,
  encode: (event: LoggedEvent) => Uint8Array,
): Selection {
  const { types, hosts } = request;
  const remembered = new Map<number, Batch>();
  let headAfterSeq: number | null = null;

  function pack(events: readonly LoggedEvent[], afterSeq: number, mayJump: boolean): Batch {
    const parts: Uint8Array[] = [];
    let size = 0;
    let toSeq = afterSeq;
    for (const event of events) {
      const passes = (!types || types.has(event.type)) && (!hosts || hosts.has(event.host));
      const bytes = passes ? encode(event) : null;
      if (bytes && size > 0 && size + bytes.length > maxBatchBytes) break;
      // A hole ends the run, so that the gap is announced where it is.
      if (!mayJump && toSeq !== afterSeq && event.seq !== toSeq + 1) break;
      toSeq = event.seq;
      if (!bytes) continue;
      parts.push(bytes);
      size += bytes.length;
    }
    const firstSeq = events[0]?.seq ?? afterSeq + 1;
    return { chunk: parts.length > 0 ? chunkOf(joined(parts, size)) : null, toSeq, firstSeq };
  }

  function remember(afterSeq: number, batch: Batch): Batch {
    if (batch.toSeq >= log.headSeq) headAfterSeq = afterSeq;
    remembered.set(afterSeq, batch);
    const [oldest] = remembered.keys();
    if (remembered.size > maxRemembered && oldest !== undefined) remembered.delete(oldest);
    return batch;
  }

  return {
    key: selectionKey(request),
    filtered: types !== null || hosts !== null,
    hasSamples: !types || [...types].some(isSampleType),
    lets: (type) => !types || types.has(type),
    forgetHead() {
      if (headAfterSeq !== null) remembered.delete(headAfterSeq);
      headAfterSeq = null;
    },
    batchAfter(afterSeq) {
      const known = remembered.get(afterSeq);
      if (known) return known;
      const events = log.read(afterSeq, maxBatchEvents);
      if (events instanceof Promise) return events.then((late) => pack(late, afterSeq, false));
      return remember(afterSeq, pack(events, afterSeq, false));
    },
    lastingAfter(afterSeq, toSeq) {
      const finish = (events: readonly LoggedEvent[]): Batch => {
        const batch = pack(events, afterSeq, true);
        const isLast = events.length < maxBatchEvents && batch.toSeq === (events.at(-1)?.seq ?? afterSeq);
        return { ...batch, firstSeq: afterSeq + 1, toSeq: isLast ? toSeq : batch.toSeq };
      };
      const events = log.readLasting(afterSeq, toSeq, maxBatchEvents);
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
